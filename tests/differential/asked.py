"""One request as it is asked of two applications: its environment and its input."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from wsgiref.util import FileWrapper

Log = list[tuple[Any, ...]]
INSIDE = 100_000
"""What the number of a request is greater by that is made inside another."""


@dataclass(frozen=True)
class Asked:
    """What a client sends, what the server does with the answer, and what the
    application is to do with it all."""

    number: int
    method: str = "GET"
    path: str = "/sync"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    removed: frozenset[str] = frozenset()
    body: bytes = b""
    length: str = "right"
    breaks_at: int | None = None
    file_wrapper: str = "class"
    take: int | None = None
    read: str = "nothing"
    answer: str = "text"
    acts: frozenset[str] = field(default_factory=frozenset)

    def environ(self, log: Log) -> dict[str, Any]:
        """Give a fresh environment, whose input notes in the log what is read."""
        made: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": f"id={self.number}&{self.query}",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": Input(self.body, log, self.breaks_at),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "test.asked": self,
            **_body_keys(self.length, len(self.body)),
            **dict(self.headers),
        }
        wrapper = _FILE_WRAPPERS[self.file_wrapper]
        if wrapper is not None:
            made["wsgi.file_wrapper"] = wrapper
        return {key: made[key] for key in made if key not in self.removed}


class Input:
    """The body of a request; notes every call, and may break like a socket."""

    def __init__(self, body: bytes, log: Log, breaks_at: int | None) -> None:
        self._bytes = io.BytesIO(body)
        self._log = log
        self._breaks_at = breaks_at
        self._calls = 0

    def read(self, size: int = -1) -> bytes:
        return self._noted("read", size, self._bytes.read)

    def readline(self, size: int = -1) -> bytes:
        return self._noted("readline", size, self._bytes.readline)

    def readlines(self, hint: int = -1) -> list[bytes]:
        return self._noted("readlines", hint, self._bytes.readlines)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _noted(self, name: str, size: int, read: Callable[[int], Any]) -> Any:
        self._calls += 1
        self._log.append(("input", name, size))
        if self._calls == self._breaks_at:
            raise ConnectionResetError("the client is gone")
        return read(size)


def _wrapping(file: Any, size: int = 8192) -> FileWrapper:
    return FileWrapper(file, size)


_FILE_WRAPPERS = {"class": FileWrapper, "function": _wrapping, "none": None}


def _body_keys(length: str, size: int) -> dict[str, Any]:
    if length == "none":
        return {}
    if length == "chunked":
        return {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    announced = {
        "right": str(size),
        "more": str(size + 5),
        "less": str(max(size - 2, 0)),
        "empty": "",
        "signed": f"+{size}",
        "negative": "-1",
        "word": "many",
        "digits": "\u00b2",
        "long": "9" * 30,
    }
    return {"CONTENT_LENGTH": announced[length]}
