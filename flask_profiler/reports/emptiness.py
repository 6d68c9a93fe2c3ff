"""Why nothing was found, and what would be."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from flask_profiler.clock import US
from flask_profiler.query import NEWEST_FIRST, Page
from flask_profiler.reports.question import Question
from flask_profiler.storage.base import Storage

_HOUR_US = 3600 * US
_SPANS_US = tuple(hours * _HOUR_US for hours in (1, 6, 24, 72, 168, 720, 2160, 8760))


@dataclass(frozen=True, slots=True)
class Emptiness:
    """What the store holds, although nothing in it matches."""

    outside: int
    """How many measurements there are outside the filters."""
    newest_us: int | None
    span_us: int | None
    """A window up to now in which something would match; `None`: no such window."""
    anytime: bool
    """Something would match without a window, however old."""
    near: str | None
    """A route much like one that was asked for and doesn't exist."""


def emptiness(storage: Storage, question: Question) -> Emptiness:
    """Find out why a question has no answer."""
    extent = storage.extent()
    newest = storage.find(question.anytime().filter, NEWEST_FIRST, Page(limit=1))
    age_us = question.now_us - newest[0].started_us if newest else None
    wide = [span for span in _SPANS_US if age_us is not None and 0 <= age_us < span]
    return Emptiness(
        outside=extent.count,
        newest_us=extent.newest_us,
        span_us=wide[0] if wide else None,
        anytime=bool(newest),
        near=_near(storage, question) if extent.count and not newest else None,
    )


def _near(storage: Storage, question: Question) -> str | None:
    """Name the stored route that looks most like one that was asked for in vain."""
    asked = question.filter.endpoints
    if not asked:
        return None
    groups = storage.aggregate(type(question.filter)(), ("name", "endpoint"))
    routes = [
        (str(g.key[0]), None if g.key[1] is None else str(g.key[1])) for g in groups
    ]
    if any(question.filter.matches_route(name, endpoint) for name, endpoint in routes):
        return None
    known = {text: text for route in routes for text in route if text}
    for glob in asked:
        if near := difflib.get_close_matches(glob, known, n=1):
            return near[0]
    return None
