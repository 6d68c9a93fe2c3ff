"""The trend: how the p95 of a route went over the window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flask_profiler.histogram import merged
from flask_profiler.query import ROUTE, TimeBucket
from flask_profiler.reports.question import Question, Window
from flask_profiler.results import Group
from flask_profiler.storage.base import Storage

Route: TypeAlias = tuple[str, str]
"""Method and name."""
Trend: TypeAlias = Sequence[float | None]
"""The p95 in µs for equal pieces of the window, the oldest first; `None`: nothing."""


@dataclass(frozen=True, slots=True)
class Split:
    """The groups of every route, and how each went over the window."""

    groups: list[Group]
    trends: Mapping[Route, Trend]


def split(storage: Storage, question: Question, window: Window, pieces: int) -> Split:
    """Group by route and time at once: one question for the figures and the trends."""
    width_us = -(-max(window.end_us - window.start_us, pieces) // pieces)
    bucket = TimeBucket(width_us, -(window.start_us % width_us))
    routes: dict[Route, list[Group]] = {}
    for group in storage.aggregate(question.filter, (*ROUTE, bucket)):
        routes.setdefault((str(group.key[0]), str(group.key[1])), []).append(group)
    return Split(
        groups=[_added_up(route, groups) for route, groups in routes.items()],
        trends={
            route: _trend(groups, window.start_us, width_us, pieces)
            for route, groups in routes.items()
        },
    )


def _trend(groups: Iterable[Group], start_us: int, width_us: int, pieces: int) -> Trend:
    values: list[float | None] = [None] * pieces
    for group in groups:
        position = (int(group.key[-1] or 0) - start_us) // width_us
        if 0 <= position < pieces:
            values[position] = group.percentile_us(95)
    return tuple(values)


def _added_up(route: Route, groups: Sequence[Group]) -> Group:
    return Group(
        key=route,
        count=sum(group.count for group in groups),
        errors=sum(group.errors for group in groups),
        total_us=sum(group.total_us for group in groups),
        min_us=min(group.min_us for group in groups),
        max_us=max(group.max_us for group in groups),
        histogram=merged(group.histogram for group in groups),
    )
