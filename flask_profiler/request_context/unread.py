"""Read a body that nobody has read, once it is sure that nobody will."""

from __future__ import annotations

from collections.abc import Iterator
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
        """Read a body of `size` bytes, or what there is of it.

        Werkzeug's development server shows its socket, so there we don't wait for what
        the client has not sent; elsewhere this may wait.
        """
        self.used = True
        socket = environ.get("werkzeug.socket")
        if socket is None:
            return self._input.read(size)
        patience = socket.gettimeout()
        socket.settimeout(0)
        try:
            return self._input.read(size) or b""
        except OSError:
            return b""
        finally:
            socket.settimeout(patience)


def watch(environ: WSGIEnvironment, max_body: int) -> None:
    """Have the input of a request watched, if its body may have to be read later."""
    length = environ.get("CONTENT_LENGTH")
    if not length or "HTTP_EXPECT" in environ or not length.isdecimal():
        return
    if 0 < int(length) <= max_body and "wsgi.input" in environ:
        environ["wsgi.input"] = Watched(environ["wsgi.input"])


def rest_of(environ: WSGIEnvironment) -> bytes | None:
    """Give the body that nobody has read; `None` if somebody has, or it can't be."""
    input_ = environ.get("wsgi.input")
    if not isinstance(input_, Watched) or input_.used:
        return None
    return input_.rest(int(environ["CONTENT_LENGTH"]), environ)
