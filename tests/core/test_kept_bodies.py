from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hosting import environ, measured, only, raw
from posts import posting


def test_json_is_redacted_by_key_at_any_depth(app: Flask) -> None:
    posting(app, "get_json")
    sent = {
        "user": {"name": "a", "passWord": "x", "tags": ["t", {"API-Key": [1, 2]}]},
        "token": {"deep": {"er": 1}},
        "author": "b",
        "session": None,
    }
    app.test_client().post("/", json=sent)
    assert json.loads(only(app).context.body) == {
        "user": {
            "name": "a",
            "passWord": "[redacted]",
            "tags": ["t", {"API-Key": "[redacted]"}],
        },
        "token": "[redacted]",
        "author": "b",
        "session": "[redacted]",
    }


def test_every_one_of_several_secret_objects_is_redacted(app: Flask) -> None:
    posting(app, "get_json")
    app.test_client().post("/", json=[{"token": "aaa"}, {"token": "bbb"}, {"x": "ccc"}])
    body = only(app).context.body
    assert "aaa" not in body
    assert "bbb" not in body
    assert "ccc" in body


@pytest.mark.parametrize(
    "text",
    [
        '{"token": "s3cr3t", "token": 1}',
        '{"a": {"token": "s3cr3t"}, "a": 1}',
        '{"tok\\u0065n": "s3cr3t"}',
    ],
)
def test_a_secret_cant_hide_behind_the_letters_of_json(app: Flask, text: str) -> None:
    posting(app, "get_json")
    app.test_client().post("/", data=text, content_type="application/json")
    assert "s3cr3t" not in only(app).context.body


def test_json_without_secrets_is_kept_to_the_letter(app: Flask) -> None:
    posting(app, "get_json")
    text = '{ "a" : 1.50,\n "é": [true, "\\u00e9"] }'
    app.test_client().post(
        "/", data=text.encode(), content_type="application/vnd.x+json"
    )
    assert only(app).context.body == text


@pytest.mark.parametrize(
    ("data", "content_type", "kept"),
    [
        (b"hello", "text/plain; charset=utf-8", "hello"),
        (b"hello", "", "hello"),
        (b'{"pwd": 1, "a": 2}', "text/plain", '{"pwd":"[redacted]","a":2}'),
        (b"<a>1</a>", "application/xml", "<a>1</a>"),
        (b"<a password='1'/>", "image/svg+xml", "[image/svg+xml, 17 bytes]"),
        (b"a=1&token=x", "text/plain", "[text/plain, 11 bytes]"),
        (b"password: x", "text/plain", "[text/plain, 11 bytes]"),
        (b"the password is x", "text/plain", "the password is x"),
        (b'{"pwd": "x"', "application/json", "[application/json, 11 bytes]"),
        (b"\xff\xfe", "text/plain", "[text/plain, 2 bytes]"),
        (b"a\0b", "text/plain", "[text/plain, 3 bytes]"),
        (b"\x89PNG", "image/png", "[image/png, 4 bytes]"),
        (b"x" * 5000, "text/plain", "[text/plain, 5000 bytes]"),
        (b"[" * 4000, "application/json", "[application/json, 4000 bytes]"),
        (b'"\\ud800"', "application/json", "[application/json, 8 bytes]"),
    ],
)
def test_bodies_are_kept_as_text_or_as_type_and_size(
    app: Flask, data: bytes, content_type: str, kept: str
) -> None:
    posting(app, "data")
    app.test_client().post("/", data=data, content_type=content_type)
    assert only(app).context.body == kept


def test_an_empty_body_is_nothing(app: Flask) -> None:
    posting(app, "data", capture={"unread": True})
    client = app.test_client()
    client.post("/")
    raw(app, {**environ("/", "POST"), "CONTENT_LENGTH": ""})
    assert {(m.context.body, len(m.context.form)) for m in measured(app)} == {("", 0)}


def test_deep_json_is_kept_or_described(app: Flask) -> None:
    posting(app, "data")
    text = '{"a":' * 600 + '{"token":1}' + "}" * 600
    app.test_client().post("/", data=text, content_type="application/json")
    assert "token" not in only(app).context.body or "redacted" in only(app).context.body


def test_a_json_number_beyond_64_bits_is_no_problem(app: Flask) -> None:
    posting(app, "data")
    text = '{"n": 123456789012345678901234567890}'
    app.test_client().post("/", data=text, content_type="application/json")
    assert only(app).context.body == text


def test_form_and_body_can_be_left_out(app: Flask) -> None:
    posting(app, "form", capture={"form": False})
    app.test_client().post("/", data={"a": "1"})
    assert only(app).context.form == {}


def test_a_body_can_be_left_out(app: Flask) -> None:
    posting(app, "get_json", capture={"body": False})
    app.test_client().post("/", json={"a": 1})
    assert only(app).context.body == ""


def test_nothing_of_a_body_is_looked_at_when_neither_is_wanted(app: Flask) -> None:
    posting(app, "get_json", capture={"body": False, "form": False})
    app.test_client().post("/", json={"a": 1})
    assert only(app).context.body == ""


@pytest.mark.swallows
def test_a_body_that_cant_be_captured_leaves_the_measurement(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("ours")

    posting(app, "data")
    monkeypatch.setattr(
        "flask_profiler.request_context.capture.content_of_bytes", broken
    )
    app.test_client().post("/", data=b"x", content_type="text/plain")
    assert only(app).context.body == ""
