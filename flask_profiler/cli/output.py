"""Print an answer in the format that was asked for, or that fits where it goes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from flask_profiler.cli.options import View
from flask_profiler.cli.screen import Screen, screen
from flask_profiler.cli.sheet import Row, Sheet
from flask_profiler.cli.structured import print_csv, print_json, print_ndjson

_ROOMY = 81
"""Columns of a terminal from which on a trend fits, if all else is at its shortest."""


def format_of(view: View, where: Screen) -> str:
    """Decide on a format: a terminal gets a table, a pipe plain text."""
    if view.json:
        return "json"
    return view.format or ("table" if where.terminal else "plain")


def trend_room(view: View) -> bool | None:
    """Tell whether a trend, which costs a question of its own, may find room.

    `None`: the format has no trends.
    """
    where = screen(view.color)
    if format_of(view, where) != "table":
        return None
    return view.wide or where.width >= _ROOMY


def show(sheet: Sheet[Row], view: View) -> None:
    """Print a sheet on the standard output."""
    where = screen(view.color)
    headers = not view.no_headers
    # rich and tabulate take a tenth of a second each to load: only the one needed.
    match format_of(view, where):
        case "table":
            from flask_profiler.cli.table import print_table  # noqa: PLC0415

            print_table(sheet, where, wide=view.wide, headers=headers)
        case "plain":
            from flask_profiler.cli.plain import plain_text  # noqa: PLC0415

            sys.stdout.write(plain_text(sheet, where, headers=headers) + "\n")
        case structured:
            records = (sheet.record(row) for row in sheet.rows)
            show_records(records, structured, where, headers=headers)


def show_records(
    records: Iterable[dict[str, Any]], format_: str, where: Screen, *, headers: bool
) -> None:
    """Print records for a program."""
    match format_:
        case "json":
            print_json(records)
        case "ndjson":
            print_ndjson(records)
        case _:
            print_csv(records, where, headers=headers)
