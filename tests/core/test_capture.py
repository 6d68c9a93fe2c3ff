from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, request
from hosting import environ, install, measured, only, raw
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_profiler.measurement import Context


def context_of(app: Flask, **capture: Any) -> Context:
    return only(app).context


def posting(app: Flask, read: str | None = None, **config: Any) -> Flask:
    """Declare a view that reads the body in one way or not at all, and install."""

    @app.route("/", methods=["POST", "PUT"])
    def view() -> str:
        if read == "get_json":
            return str(request.get_json(silent=True) is None)
        return "" if read is None else str(getattr(request, read) is None)

    return install(app, **config)


def test_the_url_the_query_and_the_client_are_kept(app: Flask) -> None:
    app.get("/é/<name>")(lambda name: name)
    install(app)
    app.test_client().get(
        "/é/ü?q=1&q=2&empty=&x=ä", base_url="https://shop.example:8443"
    )
    found = only(app).context
    assert found.url == (
        "https://shop.example:8443/%C3%A9/%C3%BC?q=1&q=2&empty=&x=%C3%A4"
    )
    assert found.args == {"q": ["1", "2"], "empty": "", "x": "ä"}
    assert found.ip == "127.0.0.1"


def test_a_request_without_host_is_kept_under_the_servers_name(app: Flask) -> None:
    app.get("/")(lambda: "ok")
    install(app)
    made = environ()
    del made["HTTP_HOST"]
    raw(app, made)
    assert only(app).context.url == "http://localhost:80/"


@pytest.mark.parametrize("inside", [True, False])
def test_the_client_address_is_the_one_the_request_sees(
    app: Flask, inside: bool
) -> None:
    app.get("/")(lambda: request.remote_addr or "")
    if inside:
        app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    install(app)
    if not inside:
        app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    answer = app.test_client().get("/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.text == "203.0.113.9"
    assert only(app).context.ip == "203.0.113.9"


def test_headers_are_kept_and_secret_ones_redacted(app: Flask) -> None:
    app.get("/")(lambda: "ok")
    install(app)
    made = environ(
        headers={
            "User-Agent": "test",
            "Authorization": "Bearer abc",
            "Proxy-Authorization": "abc",
            "Cookie": "a=b",
            "Set-Cookie": "abc",
            "X-Api-Key": "abc",
            "X-Auth-Token": "abc",
            "X-Csrftoken": "abc",
            "X-Author": "Ann",
            "Referer": "http://x.example/?token=abc&page=1",
            "X-Original-Url": "/p?password=abc#access_token=abc",
        },
    )
    raw(app, made)
    headers = only(app).context.headers
    assert headers == {
        "Host": "localhost",
        "User-Agent": "test",
        "Authorization": "[redacted]",
        "Proxy-Authorization": "[redacted]",
        "Cookie": "[redacted]",
        "Set-Cookie": "[redacted]",
        "X-Api-Key": "[redacted]",
        "X-Auth-Token": "[redacted]",
        "X-Csrftoken": "[redacted]",
        "X-Author": "Ann",
        "Referer": "http://x.example/?token=[redacted]&page=1",
        "X-Original-Url": "/p?password=[redacted]#access_token=[redacted]",
    }


def test_headers_can_be_left_out(app: Flask) -> None:
    app.get("/")(lambda: "ok")
    install(app, capture={"headers": False})
    app.test_client().get("/")
    assert only(app).context.headers == {}


def test_the_shapes_of_requests_are_remembered_in_bounded_number(app: Flask) -> None:
    app.get("/")(lambda: "ok")
    install(app)
    for number in range(600):
        raw(app, {**environ(), f"HTTP_X_{number}": "v"}).close()
    keeper = app.wsgi_app._keeper  # type: ignore[attr-defined]
    assert len(keeper.record.__self__._capture._headers._shapes) <= 512
    assert {len(m.context.headers) for m in measured(app)} == {2}


@pytest.mark.parametrize("keys", [[], ["HTTP_A"], ["HTTP_A", "HTTP_B"]])
def test_a_request_may_have_few_headers(app: Flask, keys: list[str]) -> None:
    app.get("/")(lambda: "ok")
    install(app)
    made = {k: v for k, v in environ().items() if not k.startswith("HTTP_")}
    raw(app, {**made, **dict.fromkeys(keys, "v")})
    assert len(only(app).context.headers) == len(keys)


def test_hostile_values_never_fail_a_measurement(app: Flask) -> None:
    app.get("/<path:p>")(lambda p: "ok")
    install(app)
    made = environ("/x")
    made["PATH_INFO"] = "/\xff\xfe\x00<script>"
    made["QUERY_STRING"] = "a=%ff%00&\xff=\xfe&=&&b"
    made["HTTP_X_LATIN"] = "caf\xe9\x00"
    made["HTTP_X_SURROGATE"] = "\udcff"
    made["HTTP_X_NUMBER"] = 5
    made["HTTP_REFERER"] = "?" * 50 + "#" * 50
    made["REMOTE_ADDR"] = None
    raw(app, made)
    found = only(app)
    assert found.status == 200
    assert found.context.headers["X-Number"] == "5"
    assert found.context.ip is None


def test_a_secret_view_argument_shows_neither_in_kwargs_nor_in_the_url(
    app: Flask,
) -> None:
    @app.url_value_preprocessor
    def takes(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values:
            values.pop("token", None)

    app.get("/reset/<lang>/<token>/é/<int(min=1):n>")(lambda lang, n: str(n))
    install(app)
    app.test_client().get("/reset/ä b/s3cr3t/é/5?x=1")
    found = only(app)
    assert found.kwargs == {"lang": "ä b", "token": "[redacted]", "n": 5}
    assert found.context.url is not None
    assert "s3cr3t" not in found.context.url
    assert found.context.url.startswith("http://localhost/reset/%C3%A4%20b/")
    assert found.context.url.endswith("/%C3%A9/5?x=1")


@pytest.mark.parametrize("read", ["form", "values", "files"])
def test_a_form_that_the_view_has_read_is_kept(app: Flask, read: str) -> None:
    posting(app, read)
    app.test_client().post(
        "/", data={"a": ["1", "2"], "b": "x", "user[password]": "p", "pwd": ["1", "2"]}
    )
    found = only(app).context
    assert found.form == {
        "a": ["1", "2"],
        "b": "x",
        "user[password]": "[redacted]",
        "pwd": ["[redacted]", "[redacted]"],
    }
    assert found.body == ""


def test_a_form_read_as_bytes_is_kept_as_a_form(app: Flask) -> None:
    @app.post("/")
    def view() -> bytes:
        return request.get_data()

    install(app)
    answer = app.test_client().post("/", data={"a": "1", "token": "t"})
    assert answer.data == b"a=1&token=t"
    found = only(app).context
    assert (found.form, found.body) == ({"a": "1", "token": "[redacted]"}, "")


def test_an_upload_is_kept_as_its_fields_and_its_size(app: Flask) -> None:
    posting(app, "files")
    app.test_client().post(
        "/", data={"a": "1", "token": "t", "f": (BytesIO(b"\0" * 100), "secret.bin")}
    )
    found = only(app).context
    assert found.form == {"a": "1", "token": "[redacted]"}
    assert found.body.startswith("[multipart/form-data, ")


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


def test_large_forms_are_cut(app: Flask) -> None:
    posting(app, "form", capture={"max_body": 1000})
    fields = {"small": "1", "big": "x" * 2000, "more": ["y" * 10, "z"]}
    fields.update({f"f{n}": "v" for n in range(300)})
    app.test_client().post("/", data=fields)
    found = only(app).context
    assert len(found.form) == 200
    assert found.form["small"] == "1"
    assert found.form["big"] == "[2000 characters]"
    assert found.form["more"] == ["[10 characters]", "[1 characters]"]
    assert found.body.startswith("[application/x-www-form-urlencoded, ")


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
    app.put("/product/<id>")(lambda id: id)
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


def test_names_of_the_configuration_are_redacted_everywhere(app: Flask) -> None:
    app.post("/<iban>")(lambda iban: request.get_json()["a"])
    install(app, redact=["iban", "X-Customer"])
    app.test_client().post(
        "/DE99?customerIban=DE98",
        json={"a": "1", "IBAN": "DE97"},
        headers={"X-Customer": "DE96", "X-Iban": "DE95"},
    )
    assert "DE9" not in repr(only(app))
