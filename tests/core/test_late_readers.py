"""Bodies that are read late, and requests that end before they have begun."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flask
from answers import around
from flask import Flask, Response, request
from hosting import environ, install, measured, only, raw


def lazy(inner: Any) -> Any:
    def wsgi_app(made: Any, start_response: Any) -> Iterator[bytes]:
        yield from inner(made, start_response)

    return wsgi_app


def test_a_head_request_behind_a_lazy_middleware_is_recorded(app: Flask) -> None:
    app.get("/")(lambda: "hello")
    around(app, lazy)
    raw(app, environ("/", "HEAD")).read()
    assert only(app).status == 200


def test_a_callback_at_close_may_read_the_body_that_unread_has_read(app: Flask) -> None:

    seen: list[bytes] = []

    @app.post("/")
    def view() -> Response:
        stream = request.stream
        response = Response("ok")
        response.call_on_close(lambda: seen.append(stream.read()))
        return response

    install(app, capture={"unread": True})
    raw(app, environ("/", "POST", data=b"abcd", content_type="text/plain")).read()
    assert seen == [b"abcd"]


def test_a_view_may_read_its_body_after_an_inner_request_with_it(app: Flask) -> None:

    app.post("/inner", endpoint="inner")(lambda: "inner")

    @app.post("/")
    def view() -> bytes:
        made = dict(request.environ, PATH_INFO="/inner")
        Response.from_app(app.wsgi_app, made, buffered=True)
        return request.get_data()

    install(app, capture={"unread": True})
    made = environ("/", "POST", data=b"abcd", content_type="text/plain")
    assert raw(app, made).read() == b"abcd"


def test_a_generator_may_read_its_body_after_the_last_announced_byte(
    app: Flask,
) -> None:

    seen: list[bytes] = []

    @app.post("/")
    def view() -> Response:
        stream = request.stream

        def body() -> Iterator[bytes]:
            yield b"ok"
            seen.append(stream.read())

        return Response(body(), headers={"Content-Length": "2"})

    install(app, capture={"unread": True})
    raw(app, environ("/", "POST", data=b"abcd", content_type="text/plain")).read()
    assert seen == [b"abcd"]


def test_a_client_that_leaves_before_unread_reads_its_body_is_no_error(
    app: Flask, swallowed: list[BaseException]
) -> None:

    class Gone:
        def read(self, _size: int) -> bytes:
            raise ConnectionResetError

    app.post("/")(lambda: "ok")
    install(app, capture={"unread": True})
    made = environ("/", "POST", data=b"abcd", content_type="text/plain")
    raw(app, {**made, "wsgi.input": Gone()}).read()
    assert swallowed == []
    assert only(app).context.body == ""


def test_a_request_whose_signal_handler_fails_is_recorded(app: Flask) -> None:
    app.get("/")(lambda: "hello")

    def fails(*_: Any, **__: Any) -> None:
        raise OSError("started")

    flask.request_started.connect(fails, app)
    install(app)
    assert app.test_client().get("/").status_code == 500
    assert [(m.name, m.status) for m in measured(app)] == [("/", 500)]


def test_a_request_whose_session_cant_be_opened_is_recorded(app: Flask) -> None:

    class Sessions(flask.sessions.SecureCookieSessionInterface):
        def open_session(self, app: Flask, request: Any) -> Any:
            raise ConnectionError("no sessions")

    app.get("/")(lambda: "hello")
    app.session_interface = Sessions()
    install(app)
    assert app.test_client().get("/").status_code == 500
    assert [m.status for m in measured(app)] == [500]


def test_an_inner_request_does_not_read_what_the_outer_has_read(app: Flask) -> None:
    reads: list[int] = []

    class Input:
        def read(self, size: int = -1) -> bytes:
            reads.append(size)
            return b"abcd" if len(reads) == 1 else b""

    app.post("/inner", endpoint="inner")(lambda: "inner")

    @app.post("/")
    def view() -> bytes:
        data = bytes(request.environ["wsgi.input"].read(4))
        made = dict(request.environ, PATH_INFO="/inner")
        Response.from_app(app.wsgi_app, made, buffered=True)
        return data

    install(app, capture={"unread": True})
    made = environ("/", "POST", data=b"abcd", content_type="text/plain")
    assert raw(app, {**made, "wsgi.input": Input()}).read() == b"abcd"
    assert reads == [4]
