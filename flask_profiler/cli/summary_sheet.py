"""The sheet of `summary`: a line for each route."""

from __future__ import annotations

from collections.abc import Callable

from flask_profiler.cli.charts import share_bar, trend_line
from flask_profiler.cli.heading import heading
from flask_profiler.cli.sheet import Column, Sheet, Span
from flask_profiler.cli.source import Source
from flask_profiler.cli.styles import elapsed_span
from flask_profiler.formatting import (
    count_text,
    milliseconds_text,
    number_of,
    percent_text,
    rate_text,
)
from flask_profiler.reports.summary import Summary
from flask_profiler.results import RouteSummary
from flask_profiler.serialize import route_as_json

TREND_CELLS = 12
_BAR_CELLS = 8
_COMFORT = 32


def summary_sheet(
    source: Source, window: str, summary: Summary, *, trend: bool
) -> Sheet[RouteSummary]:
    """Put a summary into columns, one for the trend if there is to be one."""
    first = heading(
        source,
        window,
        number_of(summary.count, "request"),
        f"{rate_text(summary.rate)}/s",
        f"{percent_text(summary.error_share)} err",
    )
    shown, routes = len(summary.routes), number_of(summary.route_count, "route")
    return Sheet(
        rows=summary.routes,
        columns=(*_figures(source), *((_trend(summary),) if trend else ())),
        record=route_as_json,
        heading=first,
        footer=(routes if shown == summary.route_count else f"{shown:,} of {routes}",),
    )


def _figures(source: Source) -> tuple[Column[RouteSummary], ...]:
    return (
        Column("Method", lambda route: (route.method, "")),
        Column("Route", lambda route: (route.name, ""), comfort=_COMFORT),
        _number("Reqs", lambda route: (count_text(route.count), "")),
        _number("Req/s", lambda route: (rate_text(route.rate), ""), dropped=4),
        _number("Err%", _errors, dropped=2),
        _time("p50", lambda route: route.p50_us, source),
        _time("p95", lambda route: route.p95_us, source),
        _time("p99", lambda route: route.p99_us, source, dropped=1),
        _time("Max", lambda route: route.max_us, source, dropped=3),
        Column(
            "Time",
            _share,
            plain=lambda route: percent_text(route.share),
            plain_heading="Time%",
            right=True,
        ),
    )


def _number(
    name: str, cell: Callable[[RouteSummary], Span], dropped: int = 0
) -> Column[RouteSummary]:
    return Column(name, cell, right=True, dropped=dropped)


def _time(
    name: str,
    value: Callable[[RouteSummary], float],
    source: Source,
    dropped: int = 0,
) -> Column[RouteSummary]:
    return Column(
        name,
        lambda route: elapsed_span(value(route), source),
        plain=lambda route: milliseconds_text(value(route)),
        plain_heading=f"{name}/ms",
        right=True,
        dropped=dropped,
    )


def _errors(route: RouteSummary) -> Span:
    return percent_text(route.error_share), "red" if route.errors else ""


def _share(route: RouteSummary) -> Span:
    return f"{share_bar(route.share, _BAR_CELLS)} {percent_text(route.share):>5}", ""


def _trend(summary: Summary) -> Column[RouteSummary]:
    nothing = (None,) * TREND_CELLS

    def cell(route: RouteSummary) -> Span:
        trend = summary.trends.get((route.method, route.name), nothing)
        return trend_line(trend), "cyan"

    return Column("trend", cell, dropped=5)
