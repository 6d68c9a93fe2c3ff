"""Why nothing was found, and what would be."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace

from flask_profiler.clock import US
from flask_profiler.query import NEWEST_FIRST, Filter, Page
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
    """Something would match without a beginning, however old."""
    later: bool
    """Something would match without an end, and nothing does before it."""
    near: str | None
    """A route much like one that was asked for and doesn't exist."""


def emptiness(storage: Storage, question: Question) -> Emptiness:
    """Find out why a question has no answer."""
    extent = storage.extent()
    beginless = replace(question.filter, since_us=None)
    newest_us = _newest_us(storage, beginless)
    anytime_us = _newest_us(storage, replace(beginless, until_us=None))
    return Emptiness(
        outside=extent.count,
        newest_us=extent.newest_us,
        span_us=_span_us(question.now_us, newest_us),
        anytime=newest_us is not None,
        later=newest_us is None and anytime_us is not None,
        near=_near(storage, question) if extent.count and anytime_us is None else None,
    )


def _newest_us(storage: Storage, filter_: Filter) -> int | None:
    newest = storage.find(filter_, NEWEST_FIRST, Page(limit=1))
    return newest[0].started_us if newest else None


def _span_us(now_us: int, newest_us: int | None) -> int | None:
    if newest_us is None or newest_us > now_us:
        return None
    return next((span for span in _SPANS_US if now_us - newest_us < span), None)


def _near(storage: Storage, question: Question) -> str | None:
    """Name the stored route that looks most like one that was asked for in vain."""
    asked = question.filter.endpoints
    if not asked:
        return None
    groups = storage.aggregate(Filter(), ("name", "endpoint"))
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
