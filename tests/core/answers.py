"""Answers of any shape between the rim and the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Flask
from hosting import install


def around(app: Flask, middleware: Callable[[Any], Any]) -> Flask:
    """Install with a middleware between the rim and the application."""
    app.wsgi_app = middleware(app.wsgi_app)  # type: ignore[method-assign]
    return install(app)


class Body:
    """A body that notes what is asked of it."""

    def __init__(self, chunks: Iterable[bytes | BaseException]) -> None:
        self.chunks = iter(chunks)
        self.taken = 0
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = next(self.chunks)
        self.taken += 1
        if isinstance(chunk, BaseException):
            raise chunk
        return chunk

    def close(self) -> None:
        self.closed += 1


def answering(
    app: Flask, body: Any, headers: dict[str, str] | None = None, status: str = "200 OK"
) -> Flask:
    """Have the application's answer replaced by a body of any shape."""

    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Any:
            for _ in inner(made, lambda *_: None):
                pass
            start_response(status, list((headers or {}).items()))
            return body

        return wsgi_app

    app.get("/")(lambda: "replaced")
    return around(app, middleware)
