"""The format of the spool: one line of JSON a measurement.

Version 1: the keys below. What costs time to put together (the URL, header names, the
query's parameters) stands here as the WSGI server gave it, already redacted, and is put
together while draining.
"""

from __future__ import annotations

import msgspec

from flask_profiler.measurement import Json


class Url(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The parts of a URL."""

    scheme: str
    host: str
    path: str
    """Script name and path, decoded as WSGI gives them (PEP 3333: latin-1)."""
    query: str
    """Still percent-encoded; secrets in it replaced."""


class Line(msgspec.Struct, tag_field="v", tag=1, omit_defaults=True, gc=False):
    """One line of a spool file, version 1. Times in integer microseconds."""

    uid: str
    started: int
    phases: tuple[int, int, int, int] | None
    """Before, view, after, stream; together the elapsed time."""
    method: str
    name: str
    pid: int
    host: str
    elapsed: int = 0
    """Only where there are no phases (a function measured by hand)."""
    endpoint: str | None = None
    status: int | None = None
    error: bool = False
    size: int | None = None
    raised: tuple[str, str] | None = None
    """Class and message of the exception that got out of the view."""
    kwargs: dict[str, Json] = {}
    args: tuple[Json, ...] = ()
    url: Url | None = None
    headers: dict[str, str] = {}
    """Under the names of WSGI: `HTTP_USER_AGENT`, `CONTENT_TYPE`."""
    form: dict[str, Json] = {}
    body: str = ""
    ip: str | None = None
    context: dict[str, Json] | None = None
    """A context given by hand to `measure()`."""
