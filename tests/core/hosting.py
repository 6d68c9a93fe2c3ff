"""Run an application with the profiler, and read back what was measured."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import EnvironBuilder

import flask_profiler
from flask_profiler.errors import StorageMissingError
from flask_profiler.measurement import Measurement
from flask_profiler.query import Filter, Sort, SortKey
from flask_profiler.state import State, state_of

OLDEST_FIRST = Sort((SortKey("started_at"),))


def install(
    app: Flask, hook: Callable[[Flask], object] = flask_profiler.init_app, **config: Any
) -> Flask:
    """Install the profiler; what is measured waits in the spool until it is read."""
    app.config["flask_profiler"] = {
        "enabled": True,
        "storage": {"FILE": f"{app.name}.sql"},
        "spool": {"drain": False},
        "capture": {"unread": False},
        **config,
    }
    hook(app)
    return app


def state(app: Flask) -> State:
    found = state_of(app)
    assert found is not None
    return found


def measured(app: Flask) -> list[Measurement]:
    """Read back all measurements, in the order in which the requests came."""
    found = state(app)
    assert found.recorder is not None
    outcome = found.recorder.drain()
    assert not outcome.waiting, outcome
    try:
        return found.storage.find(Filter(), OLDEST_FIRST)
    except StorageMissingError:
        return []


def only(app: Flask) -> Measurement:
    """Read back the one measurement there is."""
    found = measured(app)
    assert len(found) == 1, found
    return found[0]


def names(app: Flask) -> list[str]:
    """Read back the names of all measurements."""
    return [m.name for m in measured(app)]


class Answer:
    """What a server got from one raw WSGI call."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.written = b""
        self.body: Iterable[bytes] = ()
        self.calls = 0

    def start_response(
        self, status: str, headers: list[tuple[str, str]], *_exc_info: object
    ) -> Callable[[bytes], object]:
        self.calls += 1
        self.status, self.headers = status, headers
        return self._write

    def _write(self, chunk: bytes) -> None:
        self.written += chunk

    def read(self) -> bytes:
        """Do as a server does: take all, then close."""
        try:
            return self.written + b"".join(self.body)
        finally:
            self.close()

    def close(self) -> None:
        close = getattr(self.body, "close", None)
        if close is not None:
            close()


def environ(path: str = "/", method: str = "GET", **options: Any) -> dict[str, Any]:
    builder = EnvironBuilder(path, method=method, **options)
    try:
        return builder.get_environ()
    finally:
        builder.close()


def raw(app: Flask, made: dict[str, Any] | str = "/") -> Answer:
    """Call an application as a WSGI server would."""
    answer = Answer()
    made = environ(made) if isinstance(made, str) else made
    answer.body = app(made, answer.start_response)  # type: ignore[arg-type]
    return answer


@contextmanager
def serving(app: Flask) -> Iterator[tuple[str, int]]:
    """Serve an application over real sockets, in a thread."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


@contextmanager
def connected(address: tuple[str, int], request: bytes) -> Iterator[socket.socket]:
    """Send the bytes of a request."""
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(request)
        yield connection


def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for a condition; fail when it doesn't come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
