"""The summary: one line of figures a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from flask_profiler.parsing.sorting import OrderKey
from flask_profiler.query import ROUTE
from flask_profiler.reports.question import Question, window_of
from flask_profiler.reports.trend import Route, Split, Trend, split
from flask_profiler.results import Group, RouteSummary
from flask_profiler.storage.base import Storage

SummaryField: TypeAlias = Literal[
    "method",
    "name",
    "count",
    "errors",
    "error_share",
    "total_us",
    "average_us",
    "min_us",
    "max_us",
    "p50_us",
    "p95_us",
    "p99_us",
    "rate",
]
SummaryOrder: TypeAlias = tuple[OrderKey[SummaryField], ...]

SUMMARY_FIELDS: Mapping[str, SummaryField] = {
    "total": "total_us",
    "count": "count",
    "rate": "rate",
    "errors": "errors",
    "errorShare": "error_share",
    "avg": "average_us",
    "min": "min_us",
    "max": "max_us",
    "p50": "p50_us",
    "p95": "p95_us",
    "p99": "p99_us",
    "method": "method",
    "name": "name",
    "totalElapsed": "total_us",
    "avgElapsed": "average_us",
    "minElapsed": "min_us",
    "maxElapsed": "max_us",
    "share": "total_us",
    "time": "total_us",
    "reqs": "count",
    "err": "error_share",
    "route": "name",
}
"""What a summary can be sorted by, under each of its names."""

BY_TOTAL: SummaryOrder = (OrderKey("total_us", descending=True),)


@dataclass(frozen=True, slots=True)
class Summary:
    """The routes that were asked for, and what all that match come to."""

    routes: tuple[RouteSummary, ...]
    route_count: int
    """Before the limit."""
    count: int
    errors: int
    rate: float
    trends: Mapping[Route, Trend]
    """Empty where none were asked for."""

    @property
    def error_share(self) -> float:
        """Tell which part ended with an error, 0 to 1."""
        return self.errors / self.count if self.count else 0.0


def summarised(
    storage: Storage,
    question: Question,
    order: SummaryOrder = BY_TOTAL,
    limit: int | None = None,
    pieces: int = 0,
) -> Summary:
    """Sum up every route that matches; ties in the order end with name and method.

    With `pieces` there are trends too, the window cut into so many.
    """
    window = window_of(storage, question)
    if pieces:
        found = split(storage, question, window, pieces)
    else:
        found = Split(storage.aggregate(question.filter, ROUTE), {})
    total_us = sum(group.total_us for group in found.groups)
    routes = [_route(group, total_us, window.seconds) for group in found.groups]
    count = sum(group.count for group in found.groups)
    return Summary(
        routes=tuple(_ordered(routes, order)[:limit]),
        route_count=len(routes),
        count=count,
        errors=sum(group.errors for group in found.groups),
        rate=count / window.seconds,
        trends=found.trends,
    )


def _route(group: Group, total_us: int, seconds: float) -> RouteSummary:
    method, name = group.key
    return RouteSummary(
        method=str(method),
        name=str(name),
        count=group.count,
        errors=group.errors,
        total_us=group.total_us,
        average_us=group.average_us,
        min_us=group.min_us,
        max_us=group.max_us,
        p50_us=group.percentile_us(50),
        p95_us=group.percentile_us(95),
        p99_us=group.percentile_us(99),
        share=group.total_us / total_us if total_us else 0.0,
        rate=group.count / seconds,
    )


def _ordered(routes: Sequence[RouteSummary], order: SummaryOrder) -> list[RouteSummary]:
    rows = sorted(routes, key=lambda route: (route.name, route.method))
    for key in reversed(order):
        rows.sort(key=lambda row: _value(row, key), reverse=key.descending)
    return rows


def _value(route: RouteSummary, key: OrderKey[SummaryField]) -> float | str:
    value: float | str = getattr(route, key.field)
    return value
