"""One request and its response, while they are under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from flask_profiler.clock import tick_ns
from flask_profiler.guard import report
from flask_profiler.plain import text_of_any

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from _typeshed import OptExcInfo
    from flask import Request

    from flask_profiler.instrument.routes import Route

_LONGEST_MESSAGE = 1000


class Keeper(Protocol):
    """Who decides what is measured, and records it."""

    key: str
    """Where exchanges stand in environments."""

    def prepare(self) -> None:
        """Do what must be done before the first request."""

    def begin(self, *, adopting: bool = False) -> Exchange | None:
        """Begin a view's phase in the current request."""

    def decide_late(self, exchange: Exchange) -> None:
        """Decide on a request that nobody has decided on while it was answered."""

    def record(self, exchange: Exchange, route: Route, completed: int) -> None:
        """Record a request that was complete at a tick."""


class Exchange(msgspec.Struct, eq=False):
    """What is known so far of a request; ticks are nanoseconds of `clock.tick_ns`.

    A struct because that is made in one step: each step of Python costs a request some
    thirty nanoseconds.
    """

    keeper: Keeper
    environ: WSGIEnvironment
    start_response: StartResponse
    started_ns: int
    began: int
    route: Route | None = None
    """Where the request belongs; `None` as long as it is not measured."""
    request: Request | None = None
    """Known once it is decided whether it is measured."""
    kwargs: dict[str, Any] | None = None
    adoptable: bool = False
    view_began: int = 0
    view_ended: int = 0
    returned: int = 0
    write: Callable[[bytes], object] | None = None
    status: str | None = None
    headers: Sequence[tuple[str, str]] = ()
    size: int | None = 0
    """Bytes of the response so far; `None`: the server takes them from a file."""
    streamed: bool = False
    file: object = None
    """What a file wrapper that is a function has given."""
    raised: tuple[str, str] | None = None
    escaped: bool = False
    done: bool = False

    def start(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: OptExcInfo | None = None,
    ) -> Callable[[bytes], object]:
        """Stand for the server's `start_response`; the last call's values count."""
        if exc_info is None:
            self.write = self.start_response(status, headers)
        else:
            self.write = self.start_response(status, headers, exc_info)
        self.status = status
        self.headers = headers
        return self.write_through

    def write_through(self, chunk: bytes) -> object:
        """Stand for the server's `write`."""
        written = self.write(chunk) if self.write else None
        self.count(chunk)
        return written

    def count(self, chunk: bytes) -> int:
        """Add a chunk of the body to the size of the response; give that."""
        try:
            self.size += len(chunk)  # type: ignore[operator]  # that of no file
        except TypeError:
            return self.size or 0  # not bytes: the server will say so
        return self.size

    def note_raised(self, error: BaseException) -> None:
        """Keep class and message of the first exception that got out."""
        if self.raised is None:
            kind = type(error).__qualname__
            self.raised = (kind, text_of_any(error)[:_LONGEST_MESSAGE])

    def announced(self) -> int | None:
        """Give the length of the body that the headers announce."""
        length = dict(self.headers).get("Content-Length")
        if length is None:
            # Names may be written in any way.
            for name, value in self.headers:
                if len(name) == 14 and name.lower() == "content-length":
                    length = value
        return int(length) if length and length.isdecimal() else None

    def finish(self) -> None:
        """Record the measurement, unless it has been; the response is complete now."""
        if self.done:
            return
        self.done = True
        if self.route is not None:
            try:
                self.keeper.record(self, self.route, tick_ns())
            except Exception as error:  # noqa: BLE001 - the request goes on
                report("recording a request", error)
        self.leave()

    def leave(self) -> None:
        """Go out of the environment: they hold each other, which Flask avoids.

        Memory that needs no collector is used again at once, which is fast.
        """
        self.request = None
        self.environ.pop(self.keeper.key, None)

    def fail(self, error: BaseException) -> None:
        """Record a response that an exception has ended."""
        if not self.size:
            self.status = "500"  # nothing is sent yet, so the server says it
        self.escaped = True
        self.note_raised(error)
        self.finish()
