"""`flask profiler summary`: which routes are slow, which are called most."""

from __future__ import annotations

import click

from flask_profiler.cli.answer import Printing, answer
from flask_profiler.cli.asking import ask, limit_of, naming
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
from flask_profiler.cli.summary_sheet import TREND_CELLS, summary_sheet
from flask_profiler.parsing.sorting import parse_order
from flask_profiler.reports.summary import SUMMARY_FIELDS, summarised


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

    def report(source: Source) -> Printing | None:
        trend = trend_room(view)
        pieces = TREND_CELLS if trend else 0
        summary = summarised(source.storage, asked.question, keys, limit, pieces)
        if not summary.count:
            return None
        named = trend is not None
        sheet = summary_sheet(source, asked.window, summary, trend=named)
        return lambda: show(sheet, view)

    answer(origin, view, asked, report)
