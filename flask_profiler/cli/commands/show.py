"""`flask profiler show`: everything about one request."""

from __future__ import annotations

import click

from flask_profiler.cli.answer import answer
from flask_profiler.cli.asking import Asked, ask
from flask_profiler.cli.detail_output import show_detail
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
from flask_profiler.measurement import Measurement
from flask_profiler.query import NEWEST_FIRST, Page, Sort, SortKey
from flask_profiler.reports.detail import detailed
from flask_profiler.storage.base import Storage

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

    def report(source: Source) -> bool:
        found = _find(source.storage, id_, asked)
        if found is None:
            return False
        detail = detailed(source.storage, found, asked.question)
        show_detail(source, detail, view, clock, asked.window.removeprefix("last "))
        return True

    answer(origin, view, asked, report, nothing="null")


def _find(storage: Storage, id_: str, asked: Asked) -> Measurement | None:
    """Find what was asked for; `None` where no measurement matches the filters."""
    if sort := _WORDS.get(id_):
        rows = storage.find(asked.question.filter, sort, Page(limit=1))
        return rows[0] if rows else None
    found = storage.get(id_.removeprefix("#"))
    if found is None:
        raise Failure(
            f"No measurement has the id '{id_}'.",
            hint="'flask profiler list' shows ids; it may have been deleted.",
        )
    return found
