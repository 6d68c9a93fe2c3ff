"""One request and its response, while they are under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from flask_profiler.clock import tick_ns, wall_ns
from flask_profiler.guard import report
from flask_profiler.plain import text_of_any

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from _typeshed import OptExcInfo
    from flask import Request

    from flask_profiler.instrument.routes import Route

_LONGEST_MESSAGE = 1000
UNKNOWN = -1
"""The size of a response that the server takes from a file by itself."""


class Keeper(Protocol):
    """Who decides what is measured, and records it."""

    def adopt(self, exchange: Exchange) -> None:
        """Have a request measured because a decorated view is called in it."""

    def record(self, exchange: Exchange, route: Route, completed: int) -> None:
        """Record a request that was complete at a tick."""


class Exchange:
    """What is known so far of a request; ticks are nanoseconds of `clock.tick_ns`.

    What is not known yet stands on the class: that makes one half the price that slots
    would have.
    """

    route: Route | None = None
    """Where the request belongs; `None` as long as it is not measured."""
    request: Request | None = None
    kwargs: dict[str, Any] | None = None
    noted = False
    adoptable = False
    view_began = 0
    view_ended = 0
    returned = 0
    status: str | None = None
    headers: list[tuple[str, str]] = []  # noqa: RUF012 - never changed, only replaced
    size = 0
    """Bytes of the response so far."""
    streamed = False
    file: object = None
    """What a file wrapper that is a function has given."""
    raised: tuple[str, str] | None = None
    escaped = False
    done = False

    def __init__(
        self, keeper: Keeper, environ: WSGIEnvironment, start_response: StartResponse
    ) -> None:
        self.keeper = keeper
        self.environ = environ
        self.start_response = start_response
        self.started_ns = wall_ns()
        self.began = tick_ns()

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
        written = self.write(chunk)
        self.count(chunk)
        return written

    def count(self, chunk: bytes) -> None:
        """Add a chunk of the body to the size of the response."""
        try:
            self.size += len(chunk)
        except TypeError:
            return  # not bytes: the server will say so

    def note_raised(self, error: BaseException) -> None:
        """Keep class and message of the first exception that got out."""
        if self.raised is None:
            kind = type(error).__qualname__
            self.raised = (kind, text_of_any(error)[:_LONGEST_MESSAGE])

    def announced(self) -> int | None:
        """Give the length of the body that the headers announce."""
        for name, value in self.headers:
            if len(name) == 14 and name.lower() == "content-length":
                return int(value) if value.isdecimal() else None
        return None

    def finish(self) -> None:
        """Record the measurement, unless it has been; the response is complete now."""
        if self.done:
            return
        self.done = True
        if self.route is None:
            return
        try:
            self.keeper.record(self, self.route, tick_ns())
        except Exception as error:  # noqa: BLE001 - the request goes on
            report("recording a request", error)
        self.request = self.kwargs = None

    def fail(self, error: BaseException) -> None:
        """Record a response that an exception has ended."""
        if not self.size:
            self.status = "500"  # nothing is sent yet, so the server says it
        self.escaped = True
        self.note_raised(error)
        self.finish()
