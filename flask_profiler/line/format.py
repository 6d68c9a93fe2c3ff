"""The format of the spool: one line of JSON a measurement.

Version 1: the keys below. A request has no time to put anything together, so times are
ticks, headers stand as the WSGI server named them, and what is the same for many
requests (route, process, the names of the headers) is JSON that was made once.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from flask_profiler.measurement import Json

NO_NAMES = msgspec.Raw(b"[]")

Ticks: TypeAlias = tuple[int, ...]
"""Nanoseconds of a monotonic clock: request begun, view begun, view ended, application
returned, response complete (0: there was no view); of a function measured by hand begun
and ended."""


class Seen(msgspec.Struct, tag_field="kind", tag="seen", omit_defaults=True, gc=False):
    """What is kept of a request beside the facts that reports add up."""

    names: msgspec.Raw = NO_NAMES
    """Keys of the WSGI environment, those of the headers and of the URL's parts. With
    headers switched off, `host` stands for the key `HTTP_HOST`."""
    values: tuple[Json, ...] = ()
    """Theirs; secrets inside of URLs are replaced already."""
    redacted: msgspec.Raw = NO_NAMES
    """Keys of headers whose values are secret."""
    form: dict[str, Json] = {}
    body: str = ""
    raised: tuple[str, str] | None = None
    """Class and message of the exception that got out of the view."""
    args: tuple[Json, ...] = ()
    context: dict[str, Json] | None = None
    """A context given by hand to `measure()`."""


class Line(msgspec.Struct, tag_field="v", tag=1, omit_defaults=True, gc=False):
    """One line of a spool file, version 1."""

    started: int
    """Microseconds since the UTC epoch."""
    ticks: Ticks
    count: int
    """Different for each measurement of a process."""
    process: msgspec.Raw
    """`[pid, host, number]`, the number 10 random hex digits."""
    route: msgspec.Raw
    """`[method, name, endpoint]`."""
    status: int | None = None
    size: int | None = None
    error: bool = False
    query: str = ""
    """Still percent-encoded; secrets in it replaced."""
    kwargs: dict[str, Json] = {}
    seen: Seen = msgspec.field(default_factory=Seen)
