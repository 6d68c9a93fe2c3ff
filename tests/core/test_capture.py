from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, request
from hosting import environ, install, measured, only, raw
from werkzeug.middleware.proxy_fix import ProxyFix


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
            "X-Forwarded-Uri": "/plain",
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
        "X-Forwarded-Uri": "/plain",
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
    assert len(keeper.record.__self__._capture.taken.__self__._shapes) <= 512
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


def test_names_of_the_configuration_are_redacted_everywhere(app: Flask) -> None:
    app.post("/<iban>")(lambda iban: request.get_json()["a"])
    install(app, redact=["iban", "X-Customer"])
    app.test_client().post(
        "/DE99?customerIban=DE98",
        json={"a": "1", "IBAN": "DE97"},
        headers={"X-Customer": "DE96", "X-Iban": "DE95"},
    )
    assert "DE9" not in repr(only(app))
