"""The face for a terminal: aligned, coloured, as wide as the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from flask_profiler.cli.layout import GAP, Layout, allocate, ending, fitted
from flask_profiler.cli.printer import Printer
from flask_profiler.cli.screen import Screen
from flask_profiler.cli.sheet import Heading, Line, Row, Sheet, Span

_PLACE = 20
"""So much of where the store is stays in a narrow heading."""


def print_table(
    sheet: Sheet[Row], screen: Screen, *, wide: bool, headers: bool
) -> None:
    """Print a sheet as a table, and name the columns that had to go."""
    cells = [
        [_safe(column.cell(row), screen) for column in sheet.columns]
        for row in sheet.rows
    ]
    headings = [screen.safe(column.heading) for column in sheet.columns]
    natural = [
        max(cell_len(text) for text in (heading, *(row[position][0] for row in cells)))
        for position, heading in enumerate(headings)
    ]
    layout = allocate(sheet.columns, natural, None if wide else screen.width)
    printer = Printer(screen)
    if headers:
        printer.line(_heading(sheet.heading, screen, None if wide else screen.width))
        printer.line(_row(sheet, layout, [(text, "bold") for text in headings]))
    for row in cells:
        printer.line(_row(sheet, layout, row))
    if headers and (footer := _footer(sheet, layout)):
        printer.line(((footer, "dim"),))


def _row(sheet: Sheet[Row], layout: Layout, cells: Sequence[Span]) -> Line:
    spans: list[Span] = []
    for position, width in zip(layout.columns, layout.widths, strict=True):
        text, style = cells[position]
        right = sheet.columns[position].right
        spans += [(fitted(text, width, right=right), style), (" " * GAP, "")]
    return tuple(spans)


def _footer(sheet: Sheet[Row], layout: Layout) -> str:
    parts = list(sheet.footer)
    if layout.hidden:
        names = ", ".join(sheet.columns[position].heading for position in layout.hidden)
        parts.append(f"hidden: {names} (-w to show)")
    return " · ".join(parts)


def _safe(span: Span, screen: Screen) -> Span:
    return screen.safe(span[0]), span[1]


def _heading(heading: Heading, screen: Screen, width: int | None) -> Line:
    """Bring a heading to the terminal's width; where the store is gives way first."""
    place = screen.safe(heading.place)
    if width is not None:
        others = cell_len(heading.text) - cell_len(heading.place)
        place = ending(place, max(width - others, _PLACE))
    title = ((heading.title, "bold"), ("  ", "")) if heading.title else ()
    return _cut((*title, (f"{place} · {heading.facts}", "dim")), width)


def _cut(line: Line, width: int | None) -> Line:
    """Cut a line at the terminal's edge."""
    if width is None or sum(cell_len(text) for text, _ in line) <= width:
        return line
    spans: list[Span] = []
    left = width
    for text, style in line:
        if cell_len(text) >= left:
            return (*spans, (fitted(text + " ", left), style))
        spans.append((text, style))
        left -= cell_len(text)
    return tuple(spans)
