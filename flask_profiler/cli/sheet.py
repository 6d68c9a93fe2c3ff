"""A sheet: rows and columns before it is decided how they are printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

Row = TypeVar("Row")
Span: TypeAlias = tuple[str, str]
"""A text and its style: empty, or the name of a colour or weight."""
Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column, for the terminal and for the pipe."""

    heading: str
    cell: Callable[[Row], Span]
    """What a terminal shows."""
    plain: Callable[[Row], str] | None = None
    """What a pipe gets; `None`: the text of `cell`."""
    plain_heading: str | None = None
    right: bool = False
    dropped: int = 0
    """0: never left out; of the others, the highest goes first."""
    comfort: int | None = None
    """Not `None`: may be cut, and takes the rest; with this width it is content."""

    def plain_text(self, row: Row) -> str:
        """Give the uncut, uncoloured text of a cell."""
        return self.plain(row) if self.plain else self.cell(row)[0]


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above a table."""

    title: str
    """The application's name; empty where none was loaded."""
    place: str
    """Where the store is."""
    facts: str

    @property
    def text(self) -> str:
        """Give the line uncut and uncoloured."""
        lead = f"{self.title}  " if self.title else ""
        return f"{lead}{self.place} · {self.facts}"


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """What a command answers."""

    rows: Iterable[Row]
    columns: tuple[Column[Row], ...]
    record: Callable[[Row], dict[str, Any]]
    """A row under the names of JSON."""
    heading: Heading
    footer: tuple[str, ...] = ()
