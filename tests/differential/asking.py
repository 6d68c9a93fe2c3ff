"""Ask an application as a server does, and note all that the server gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from wsgiref.util import FileWrapper

from asked import Asked, Log
from flask import Flask


@dataclass
class Got:
    """What the server has got of one request."""

    started: list[Any] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    escaped: list[Any] = field(default_factory=list)
    body: Any = None

    def size(self) -> int | None:
        """Give the bytes that the client gets, where that can be told."""
        total = len(b"".join(self.written + self.chunks))
        for name, value in self.started[-1][1]:
            if name == "Content-Length" and int(value) < total:
                return None  # the server may cut it, or break the connection
        return total

    def status(self) -> int:
        """Give the status that the client sees: 500 if all fails before any byte."""
        if self.escaped and not any((*self.written, *self.chunks)):
            return 500
        return int(self.started[-1][0][:3])


def ask(app: Flask, asked: Asked, log: Log) -> Got:
    """Send a request through an application; a copy of all is in the log."""
    got = Got()

    def start_response(
        status: str, headers: list[tuple[str, str]], *info: Any
    ) -> Callable[[bytes], None]:
        kinds = [values[0] for values in info]
        got.started.append((status, list(headers), kinds))
        log.append(("start", *got.started[-1]))
        return got.written.append

    _escaping(got, lambda: _take(app, asked, got, log, start_response))
    return got


def _take(app: Flask, asked: Asked, got: Got, log: Log, start_response: Any) -> None:
    body: Any = app(asked.environ(log), start_response)
    sized = len(body) if hasattr(body, "__len__") else None
    got.body = (isinstance(body, FileWrapper), isinstance(body, list), sized)
    try:
        for chunk in body:
            got.chunks.append(chunk)
            log.append(("chunk", chunk))
            if len(got.chunks) == asked.take:
                break
    except BaseException:
        _escaping(got, getattr(body, "close", int))
        raise
    if hasattr(body, "close"):
        body.close()


def _escaping(got: Got, action: Callable[[], object]) -> None:
    try:
        action()
    except BaseException as error:
        got.escaped.append(described(error))


def described(error: BaseException | None, deep: int = 5) -> Any:
    """Tell all that can be compared of an exception and of those behind it."""
    if error is None or not deep:
        return None
    return (
        type(error),
        repr(error.args),
        getattr(error, "__notes__", None),
        error.__suppress_context__,
        described(error.__cause__, deep - 1),
        described(error.__context__, deep - 1),
    )
