"""Read a body that nobody has read, once it is sure that nobody will."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader, BytesIO, RawIOBase
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


class Watched:
    """Stand before the input of a request, and note whether anybody has used it."""

    __slots__ = ("_input", "used")

    def __init__(self, input_: IO[bytes]) -> None:
        self._input = input_
        self.used = False

    def __getattr__(self, name: str) -> Any:
        self.used = True
        return getattr(self._input, name)

    def __iter__(self) -> Iterator[bytes]:
        self.used = True
        return iter(self._input)

    def __next__(self) -> bytes:
        self.used = True
        return next(self._input)

    def rest(self, size: int, environ: WSGIEnvironment) -> bytes:
        """Read a body of `size` bytes, or what there is of it; it can be read again.

        Werkzeug's development server shows its socket, so there we don't wait for what
        the client has not sent; elsewhere this may wait.
        """
        self.used = True
        below = self._input
        try:
            data = _read(below, size, environ.get("werkzeug.socket"))
        except OSError:
            return b""  # the client is gone
        self._input = BytesIO(data) if len(data) == size else _again(data, below)
        return data


def _read(input_: IO[bytes], size: int, socket: Any) -> bytes:
    if socket is None:
        return input_.read(size)
    patience = socket.gettimeout()
    socket.settimeout(0)
    try:
        return input_.read(size) or b""
    finally:
        socket.settimeout(patience)


def _again(data: bytes, rest: IO[bytes]) -> IO[bytes]:
    return BufferedReader(_Chained(data, rest))


class _Chained(RawIOBase):
    """What was taken of an input, and then what is left of it."""

    def __init__(self, data: bytes, rest: IO[bytes]) -> None:
        self._data, self._rest = data, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = len(buffer)
        taken, self._data = self._data[:size], self._data[size:]
        if not taken:
            taken = getattr(self._rest, "read1", self._rest.read)(size)
        buffer[: len(taken)] = taken
        return len(taken)


def watch(environ: WSGIEnvironment, max_body: int) -> None:
    """Have the input of a request watched, if its body may have to be read later."""
    length = environ.get("CONTENT_LENGTH")
    if not length or "HTTP_EXPECT" in environ or not length.isdecimal():
        return
    input_ = environ.get("wsgi.input")
    # A request inside of another may have its environment, and is watched already.
    if 0 < int(length) <= max_body and not isinstance(input_, Watched | None):
        environ["wsgi.input"] = Watched(input_)


def rest_of(environ: WSGIEnvironment) -> bytes | None:
    """Give the body that nobody has read; `None` if somebody has, or it can't be."""
    input_ = environ.get("wsgi.input")
    if not isinstance(input_, Watched) or input_.used:
        return None
    return input_.rest(int(environ["CONTENT_LENGTH"]), environ)
