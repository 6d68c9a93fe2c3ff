"""Lines of the spool as measurements, each put together when it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from flask_profiler.line.expand import expand
from flask_profiler.line.facts import Facts
from flask_profiler.measurement import Measurement


class Spooled(Sequence[Measurement]):
    """A batch of lines; an engine in a hurry takes their facts as they are."""

    __slots__ = ("facts", "raws")

    def __init__(self, facts: list[Facts], raws: list[bytes]) -> None:
        self.facts = facts
        self.raws = raws
        """The lines themselves, without their newlines."""

    def __len__(self) -> int:
        return len(self.facts)

    def __iter__(self) -> Iterator[Measurement]:
        return map(expand, self.facts)

    @overload
    def __getitem__(self, index: int) -> Measurement: ...
    @overload
    def __getitem__(self, index: slice) -> Spooled: ...
    def __getitem__(self, index: int | slice) -> Measurement | Spooled:
        if isinstance(index, slice):
            return Spooled(self.facts[index], self.raws[index])
        return expand(self.facts[index])
