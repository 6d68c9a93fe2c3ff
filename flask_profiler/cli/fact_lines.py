"""Facts on a terminal: two on a line where they fit, and nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from flask_profiler.cli.facts import Fact
from flask_profiler.cli.layout import wrapped
from flask_profiler.cli.sheet import Line

NAME = 10
"""Cells for the name of a fact."""
_LEFT = 44
_RIGHT_NAME = 9


def paired(facts: list[Fact], width: int) -> Iterator[Line]:
    """Put two facts on a line where both fit, one where it needs the whole."""
    waiting = list(facts)
    while waiting:
        first = waiting.pop(0)
        if waiting and _fits(first, waiting[0], width):
            name, text = waiting.pop(0)
            gap = " " * (_LEFT - NAME - cell_len(first[1]))
            beside = ((f"{gap}{name:<{_RIGHT_NAME}}", "dim"), (text, ""))
            yield ((f"{first[0]:<{NAME}}", "dim"), (first[1], ""), *beside)
        else:
            yield from alone(first, width)


def alone(fact: Fact, width: int, style: str = "dim") -> Iterator[Line]:
    """Wrap a fact; the style is that of its name."""
    name = fact[0]
    for piece in wrapped(fact[1], max(width - NAME, NAME)):
        yield ((f"{name:<{NAME}}", style), (piece, ""))
        name = ""


def _fits(left: Fact, right: Fact, width: int) -> bool:
    room = width - _LEFT - _RIGHT_NAME
    return cell_len(left[1]) <= _LEFT - NAME - 2 and cell_len(right[1]) <= room
