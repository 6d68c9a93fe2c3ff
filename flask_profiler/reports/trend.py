"""The trend: how the p95 of a route went over the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from flask_profiler.query import ROUTE, TimeBucket
from flask_profiler.reports.question import Question, window_of
from flask_profiler.storage.base import Storage

Route: TypeAlias = tuple[str, str]
"""Method and name."""


def trends(
    storage: Storage, question: Question, buckets: int
) -> Mapping[Route, tuple[float | None, ...]]:
    """Give each route's p95 in µs for equal pieces of the window, oldest first.

    `None` where nothing was measured.
    """
    window = window_of(storage, question)
    width_us = -(-max(window.end_us - window.start_us, buckets) // buckets)
    bucket = TimeBucket(width_us, -(window.start_us % width_us))
    values: dict[Route, list[float | None]] = {}
    for group in storage.aggregate(question.filter, (*ROUTE, bucket)):
        method, name, start_us = group.key
        position = (int(start_us or 0) - window.start_us) // width_us
        series = values.setdefault((str(method), str(name)), [None] * buckets)
        if 0 <= position < buckets:
            series[position] = group.percentile_us(95)
    return {route: tuple(series) for route, series in values.items()}
