"""`flask profiler list`: single requests."""

from __future__ import annotations

import click

from flask_profiler.cli.answer import Printing, answer
from flask_profiler.cli.asking import ask, limit_of, naming
from flask_profiler.cli.failures import ProfilerCommand
from flask_profiler.cli.listing_sheet import listing_sheet
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
from flask_profiler.cli.output import show
from flask_profiler.cli.source import Source
from flask_profiler.parsing.sorting import LISTING_FIELDS, parse_sort
from flask_profiler.reports.listing import listed


@click.command("list", cls=ProfilerCommand)
@filter_options
@order_options("started,desc", "50", LISTING_FIELDS)
@view_options
@source_options
def command(filters: Filters, order: Order, view: View, origin: Origin) -> None:
    """List single requests, the newest first."""
    clock = view.clock
    asked = ask(filters, clock)
    with naming("--sort"):
        sort = parse_sort(order.sort)
    limit = limit_of(order)

    def report(source: Source) -> Printing | None:
        listing = listed(source.storage, asked.question, sort, limit)
        if not listing.total:
            return None
        sheet = listing_sheet(source, asked.window, listing, clock)
        return lambda: show(sheet, view)

    answer(origin, view, asked, report)
