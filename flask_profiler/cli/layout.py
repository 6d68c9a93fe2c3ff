"""How wide each column is, and which have to go: decided by us, not by a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len, chop_cells, set_cell_size

from flask_profiler.cli.sheet import Column

GAP = 2
_LEAST = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown, and their widths."""

    columns: tuple[int, ...]
    """Positions."""
    widths: tuple[int, ...]
    hidden: tuple[int, ...]
    """Positions of the columns left out, the first to go first."""


def allocate(
    columns: Sequence[Column[Any]], natural: Sequence[int], width: int | None
) -> Layout:
    """Give every column its natural width, drop what doesn't fit, share out the rest.

    `natural` is the width of each column's widest cell; no `width`: no limit.
    """
    shown, hidden = list(range(len(columns))), []
    while width is not None and _wanted(columns, natural, shown) > width:
        droppable = [position for position in shown if columns[position].dropped]
        if not droppable:
            break
        gone = max(droppable, key=lambda position: columns[position].dropped)
        shown.remove(gone)
        hidden.append(gone)
    widths = _shared(columns, natural, shown, width)
    return Layout(tuple(shown), tuple(widths), tuple(hidden))


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Bring a text to a width in cells: padded, or cut with an ellipsis."""
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    padding = " " * (width - length)
    return padding + text if right else text + padding


def ending(text: str, width: int) -> str:
    """Bring a text to a width in cells by leaving out its beginning."""
    if cell_len(text) <= width:
        return text
    while cell_len(text) > width - 1:
        text = text[1:]
    return f"…{text}"


def wrapped(text: str, width: int) -> list[str]:
    """Break a text at blanks into lines of at most `width` cells; cut nothing."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
            continue
        pieces = chop_cells(word, width)
        lines[-1:] = [lines[-1], *pieces] if lines[-1] else pieces
    return lines


def _wanted(
    columns: Sequence[Column[Any]], natural: Sequence[int], shown: Sequence[int]
) -> int:
    total = GAP * (len(shown) - 1)
    for position in shown:
        comfort = columns[position].comfort
        total += min(natural[position], comfort or natural[position])
    return total


def _shared(
    columns: Sequence[Column[Any]],
    natural: Sequence[int],
    shown: Sequence[int],
    width: int | None,
) -> list[int]:
    """Give what the rigid columns leave to the others, evenly, to none too much."""
    widths = {position: natural[position] for position in shown}
    flexible = [p for p in shown if columns[p].comfort is not None]
    if width is None or not flexible:
        return list(widths.values())
    rigid = sum(widths[p] for p in shown if p not in flexible)
    left = width - GAP * (len(shown) - 1) - rigid
    for done, position in enumerate(sorted(flexible, key=lambda p: natural[p])):
        fair = max(left // (len(flexible) - done), _LEAST)
        widths[position] = min(natural[position], fair)
        left -= widths[position]
    return list(widths.values())
