from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, request
from hosting import environ, install, measured, only, raw
from posts import posting


@pytest.mark.parametrize("data", [{"a": "1"}, b'{"a": 1}', b"text"])
def test_a_body_that_nobody_has_read_is_not_read_in_production(
    app: Flask, data: Any
) -> None:
    posting(app)
    made = environ("/", "POST", data=data)
    raw(app, made)
    assert made["wsgi.input"].tell() == 0
    found = only(app).context
    assert (found.form, found.body) == ({}, "")


def test_an_unread_body_that_is_large_or_binary_is_described(app: Flask) -> None:
    posting(app)
    client = app.test_client()
    client.post("/", data=b"x" * 5000, content_type="text/plain")
    client.post("/", data=b"x", content_type="image/png")
    assert [m.context.body for m in measured(app)] == [
        "[text/plain, 5000 bytes]",
        "[image/png, 1 bytes]",
    ]


def test_in_debug_a_form_that_the_view_never_touches_is_kept(app: Flask) -> None:
    app.debug = True
    app.config["flask_profiler"] = {}
    app.put("/product/<sku>")(lambda sku: sku)
    install(app, capture={})
    app.test_client().put("/product/1", data={"arg1": "val1", "pwd": "x"})
    assert only(app).context.form == {"arg1": "val1", "pwd": "[redacted]"}


@pytest.mark.parametrize(
    ("options", "form", "body"),
    [
        ({"json": {"a": 1, "token": 2}}, {}, '{"a":1,"token":"[redacted]"}'),
        ({"data": b"hello", "content_type": "text/plain"}, {}, "hello"),
        (
            {"data": {"a": "1"}, "content_type": "multipart/form-data"},
            {"a": "1"},
            "",
        ),
        ({"data": b"x" * 5000, "content_type": "text/x"}, {}, "[text/x, 5000 bytes]"),
        ({"data": b"x", "content_type": "image/png"}, {}, "[image/png, 1 bytes]"),
    ],
)
def test_an_unread_body_is_read_where_that_is_on(
    app: Flask, options: dict[str, Any], form: Any, body: str
) -> None:
    posting(app, capture={"unread": True})
    app.test_client().post("/", **options)
    found = only(app).context
    assert (found.form, found.body) == (form, body)


@pytest.mark.parametrize(
    "spoil",
    [
        {"HTTP_EXPECT": "100-continue"},
        {"CONTENT_LENGTH": "many"},
        {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"},
    ],
)
def test_an_unread_body_is_left_alone_where_reading_could_hang(
    app: Flask, spoil: dict[str, str]
) -> None:
    posting(app, capture={"unread": True})
    made = {**environ("/", "POST", data={"a": "1"}), **spoil}
    kept = made["wsgi.input"]
    raw(app, made)
    assert kept.tell() == 0
    assert only(app).context.form == {}


def test_the_body_of_a_streamed_response_is_not_read(app: Flask) -> None:
    app.post("/")(lambda: iter(["a"]))
    install(app, capture={"unread": True})
    made = environ("/", "POST", data={"a": "1"})
    kept = made["wsgi.input"]
    assert raw(app, made).read() == b"a"
    assert kept.tell() == 0
    assert only(app).context.form == {}


@pytest.mark.parametrize("how", ["read", "iterate", "next", "stream"])
@pytest.mark.parametrize("unread", [True, False])
def test_whoever_reads_the_stream_sees_every_byte(
    app: Flask, how: str, unread: bool
) -> None:
    @app.post("/")
    def view() -> bytes:
        input_ = request.environ["wsgi.input"]
        match how:
            case "read":
                return bytes(input_.read(4))
            case "iterate":
                return b"".join(input_)
            case "next":
                return bytes(next(input_))
        return request.stream.read()

    install(app, capture={"unread": unread})
    made = environ("/", "POST", data=b"abcd", content_type="text/plain")
    assert raw(app, made).read() == b"abcd"
    assert only(app).context.body == ""


def test_an_after_request_may_read_the_stream(app: Flask) -> None:
    seen: list[bytes] = []
    app.post("/")(lambda: "ok")

    @app.after_request
    def reads(response: Any) -> Any:
        seen.append(request.stream.read())
        return response

    install(app, capture={"unread": True})
    app.test_client().post("/", data=b"abcd", content_type="text/plain")
    assert seen == [b"abcd"]
    assert only(app).context.body == ""
