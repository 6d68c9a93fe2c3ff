"""`flask profiler show`: everything about one request."""

from __future__ import annotations

import click

from flask_profiler.cli.answer import Printing, answer
from flask_profiler.cli.asking import Asked, ask
from flask_profiler.cli.detail_output import show_detail
from flask_profiler.cli.empty import cure_of_nothing, no_store_yet
from flask_profiler.cli.failures import Failure, ProfilerCommand
from flask_profiler.cli.options import (
    Filters,
    Origin,
    View,
    filter_options,
    source_options,
    view_options,
)
from flask_profiler.cli.source import Source
from flask_profiler.errors import StorageMissingError
from flask_profiler.measurement import Measurement
from flask_profiler.query import NEWEST_FIRST, Page, Sort, SortKey
from flask_profiler.reports.detail import detailed

_SLOWEST_FIRST = Sort((SortKey("elapsed", descending=True),))
_WORDS = {"last": NEWEST_FIRST, "slowest": _SLOWEST_FIRST}


@click.command(
    "show", cls=ProfilerCommand, short_help="Show everything about one request."
)
@click.argument("id_", metavar="ID|last|slowest")
@filter_options
@view_options
@source_options
def command(id_: str, filters: Filters, view: View, origin: Origin) -> None:
    """Show everything about one request, and where it stands among its peers.

    The filters choose among which requests it is the last or the slowest; the window
    also says with which requests of its route it is compared.
    """
    clock = view.clock
    asked = ask(filters, clock)

    def report(source: Source) -> Printing | None:
        found = _find(source, id_, asked)
        if found is None:
            return None
        detail = detailed(source.storage, found, asked.question)
        window = asked.window.removeprefix("last ")
        return lambda: show_detail(source, detail, view, clock, window)

    answer(origin, view, asked, report, nothing="null")


def _find(source: Source, id_: str, asked: Asked) -> Measurement | None:
    """Find what was asked for; `None` where no measurement matches the filters."""
    if sort := _WORDS.get(id_):
        rows = source.storage.find(asked.question.filter, sort, Page(limit=1))
        return rows[0] if rows else None
    try:
        found = source.storage.get(id_.removeprefix("#"))
    except StorageMissingError as missing:
        if source.named:
            raise
        raise Failure(
            f"No measurement has the id '{id_}'. {no_store_yet(source)}",
            hint=cure_of_nothing(source),
        ) from missing
    if found is None:
        raise Failure(
            f"No measurement has the id '{id_}'.",
            hint="'flask profiler list' shows ids; it may have been deleted.",
        )
    return found
