"""The face for a pipe: aligned, uncut, uncoloured."""

from __future__ import annotations

from tabulate import tabulate

from flask_profiler.cli.screen import Screen
from flask_profiler.cli.sheet import Column, Row, Sheet


def plain_text(sheet: Sheet[Row], screen: Screen, *, headers: bool) -> str:
    """Give a sheet as lines of text; every column is there, and nothing is cut."""
    columns = sheet.columns
    rows = [[_cell(column, row, screen) for column in columns] for row in sheet.rows]
    headings = [screen.safe(c.plain_heading or c.heading) for c in columns]
    table = tabulate(
        rows,
        headers=headings if headers else (),
        tablefmt="plain",
        disable_numparse=True,
        colalign=["right" if column.right else "left" for column in columns],
    )
    lines = [line.rstrip() for line in table.splitlines()]
    if headers:
        lines.insert(0, screen.safe(sheet.heading.text))
    return "\n".join(lines)


def _cell(column: Column[Row], row: Row, screen: Screen) -> str:
    """Give a cell; an empty one gets a dash, so that columns can be counted."""
    return screen.safe(column.plain_text(row)) or "-"
