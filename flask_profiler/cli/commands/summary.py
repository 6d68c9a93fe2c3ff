"""`flask profiler summary`: which routes are slow, which are called most."""

from __future__ import annotations

import click

from flask_profiler.cli.answer import answer
from flask_profiler.cli.asking import Asked, ask, limit_of, naming
from flask_profiler.cli.failures import ProfilerCommand
from flask_profiler.cli.options import (
    Filters,
    Order,
    Origin,
    View,
    filter_options,
    order_options,
    source_options,
    view_options,
)
from flask_profiler.cli.output import show, trend_room
from flask_profiler.cli.source import Source
from flask_profiler.cli.summary_sheet import TREND_CELLS, Trend, summary_sheet
from flask_profiler.parsing.sorting import parse_order
from flask_profiler.reports.summary import SUMMARY_FIELDS, summarised
from flask_profiler.reports.trend import trends


@click.command("summary", cls=ProfilerCommand)
@filter_options
@order_options("total,desc", "all", SUMMARY_FIELDS)
@view_options
@source_options
def command(filters: Filters, order: Order, view: View, origin: Origin) -> None:
    """Say which routes are slowest, and which are called most."""
    asked = ask(filters, view.clock)
    with naming("--sort"):
        keys = parse_order(order.sort, SUMMARY_FIELDS)
    limit = limit_of(order)

    def report(source: Source) -> bool:
        summary = summarised(source.storage, asked.question, keys, limit)
        if not summary.count:
            return False
        trend = _trend(source, asked, view)
        show(summary_sheet(source, asked.window, summary, trend), view)
        return True

    answer(origin, view, asked, report)


def _trend(source: Source, asked: Asked, view: View) -> Trend | None:
    """Ask for the trend where it can be seen; `None`: not even its name is."""
    room = trend_room(view)
    if not room:
        return None if room is None else {}
    return trends(source.storage, asked.question, TREND_CELLS)
