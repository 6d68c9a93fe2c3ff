"""A table that a person reads in a terminal, and the same as Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows of texts; the first column is what the others are about."""

    title: str
    heading: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        assert len(cells) == len(self.heading), cells
        self.rows.append(cells)

    def text(self) -> str:
        lines = [self.heading, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        shown = [self.title, ""]
        for first, *others in lines:
            cells = zip(others, widths[1:], strict=True)
            numbers = "  ".join(cell.rjust(width) for cell, width in cells)
            shown.append(f"{first.ljust(widths[0])}  {numbers}")
        return "\n".join([*shown, *([""] if self.notes else []), *self.notes])

    def markdown(self) -> str:
        rule = ["---", *("---:" for _ in self.heading[1:])]
        rows = [self.heading, tuple(rule), *self.rows]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        notes = [part for note in self.notes for part in ("", note)]
        return "\n".join([f"### {self.title}", "", *lines, *notes])
