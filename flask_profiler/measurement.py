"""The record of one measured request, and its identity."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from flask_profiler.clock import US

Json: TypeAlias = Any
"""A value that JSON can hold: null, bool, number, text, list, or mapping from text."""


class Phases(msgspec.Struct, frozen=True, gc=False):
    """Where the time of a request went, in microseconds; together `elapsed_us`."""

    before: int = 0
    """Until the view begins."""
    view: int = 0
    """The view function itself."""
    after: int = 0
    """From the view's end until the WSGI application has returned, and with it the
    body of an ordinary response."""
    stream: int = 0
    """From there until the last byte of a streamed body is produced."""

    @property
    def total(self) -> int:
        """Add up the phases, in microseconds."""
        return self.before + self.view + self.after + self.stream


class Raised(msgspec.Struct, frozen=True, gc=False):
    """The exception that got out of a view."""

    type: str
    message: str


class Context(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The redacted snapshot of a request, under the names that 1.x used."""

    url: str | None = None
    args: dict[str, Json] = {}
    """Query parameters; a repeated one has a list of its values."""
    form: dict[str, Json] = {}
    body: str = ""
    """The text of the body, or its type and size where it is large or binary."""
    headers: dict[str, str] = {}
    func: str | None = None
    """The endpoint, under the name it had in 1.x."""
    ip: str | None = None
    extra: dict[str, Json] = {}
    """Keys of a context that was given by hand and has no meaning to us."""


class Measurement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One measured request, or one call of a function measured by hand."""

    uid: str
    """24 hex digits, unique everywhere, time-ordered: 4 bytes time, 5 random, 3
    counter, as in the ObjectId of the BSON specification."""
    started_us: int
    """Microseconds since the UTC epoch."""
    elapsed_us: int
    """Wall time in microseconds, from a monotonic clock."""
    method: str
    name: str
    """The URL rule, or the name given to `measure()`."""
    endpoint: str | None = None
    status: int | None = None
    """The final HTTP status; `None` for a function measured by hand."""
    error: bool = False
    """Status ≥ 500, or an exception escaped."""
    raised: Raised | None = None
    """The exception that got out of the view, also when a handler answered it."""
    phases: Phases | None = None
    """`None` where they were not measured (by hand, or a row of 1.x)."""
    size: int | None = None
    """Bytes of the response body, where known."""
    args: tuple[Json, ...] = ()
    kwargs: dict[str, Json] = {}
    context: Context = Context()
    pid: int | None = None
    host: str | None = None
    id: int | str | None = None
    """The public id that the storage gave; `None` before it is stored."""

    @property
    def started_at(self) -> float:
        """Seconds since the UTC epoch."""
        return self.started_us / US

    @property
    def elapsed(self) -> float:
        """Wall time in seconds."""
        return self.elapsed_us / US

    @property
    def ended_at(self) -> float:
        """Seconds since the UTC epoch: start plus elapsed."""
        return (self.started_us + self.elapsed_us) / US
