from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from answers import Body, answering, around
from flask import Flask
from hosting import Answer, environ, only, raw


def test_what_is_written_through_write_counts(app: Flask) -> None:
    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Any:
            inner(made, lambda *_: None).close()
            write = start_response("200 OK", [("Content-Length", "4")])
            write(b"ab")
            return Body([b"cd"])

        return wsgi_app

    app.get("/")(lambda: "replaced")
    around(app, middleware)
    assert raw(app).read() == b"abcd"
    found = only(app)
    assert (found.status, found.size) == (200, 4)


def test_an_exception_after_bytes_were_written_keeps_the_status_that_was_sent(
    app: Flask,
) -> None:
    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Any:
            inner(made, lambda *_: None).close()
            start_response("200 OK", [])(b"ab")
            raise OSError("gone")

        return wsgi_app

    app.get("/")(lambda: "replaced")
    around(app, middleware)
    with pytest.raises(OSError, match="gone"):
        raw(app)
    found = only(app)
    assert (found.status, found.error, found.size) == (200, True, 2)


def test_start_response_may_be_called_twice(app: Flask) -> None:
    seen: list[Any] = []

    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Any:
            inner(made, lambda *_: None).close()
            start_response("200 OK", [("Content-Length", "9")])
            error = ValueError("late")
            info = (type(error), error, error.__traceback__)
            start_response("502 Bad", [("Content-Length", "2")], info)
            return Body([b"no"])

        return wsgi_app

    app.get("/")(lambda: "replaced")
    around(app, middleware)

    class Server(Answer):
        def start_response(self, *args: Any) -> Any:
            seen.append(len(args))
            return super().start_response(*args)

    server = Server()
    server.body = app(environ(), server.start_response)
    assert server.read() == b"no"
    assert seen == [2, 3]
    found = only(app)
    assert (found.status, found.error, found.size) == (502, True, 2)


def test_start_response_may_never_be_called(app: Flask) -> None:
    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, _start_response: Any) -> Any:
            inner(made, lambda *_: None).close()
            return []

        return wsgi_app

    app.get("/")(lambda: "upgraded")
    around(app, middleware)
    assert raw(app).body == []
    found = only(app)
    assert (found.status, found.error) == (None, False)


def test_start_response_may_be_called_with_the_first_chunk(app: Flask) -> None:
    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Iterator[bytes]:
            yield from inner(made, start_response)

        return wsgi_app

    @app.get("/")
    def view() -> Any:
        return "lazy", 203

    around(app, middleware)
    assert raw(app).read() == b"lazy"
    found = only(app)
    assert (found.status, found.size) == (203, 4)
    assert found.phases is not None
    assert found.phases.total == found.elapsed_us
    assert min(found.phases.before, found.phases.view, found.phases.after) >= 0


def test_a_status_that_is_no_number_is_not_stored(app: Flask) -> None:
    answering(app, [b""], status="what")
    raw(app)
    assert only(app).status is None
