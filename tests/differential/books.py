"""Compare what both applications do, and what is stored with what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

from asked import INSIDE, Asked
from asking import Got
from host_app import Shape
from twins import Settings, Twins, twins

Stored = tuple[int, str, str, int | None]


class Books:
    """Ask both twins, and keep the books of what has to be stored."""

    def __init__(self, both: Twins, shape: Shape) -> None:
        self._both = both
        self._shape = shape
        self._expected: list[Stored] = []
        self._sizes: dict[int, int | None] = {}

    def alike(self, asked: Asked) -> Got:
        """Ask both; fail at the first thing in which they differ."""
        plain, profiled = self._both.ask(asked)
        assert profiled == plain, (asked, profiled, plain)
        pairs = zip_longest(*self._both.noted())
        differing = next(((one, two) for one, two in pairs if one != two), None)
        assert differing is None, (asked, differing)
        self._expect(asked, profiled)
        return profiled

    def balance(self) -> None:
        """Compare what is stored with what was answered."""
        found = self._both.stored()
        stored = [row[:4] for row in found]
        wanted = sorted(self._expected)
        assert stored == wanted, (stored, wanted)
        for number, *_, size in found:
            wanted_size = self._sizes.get(number)
            assert None in (size, wanted_size) or size == wanted_size, number

    def _expect(self, asked: Asked, got: Got) -> None:
        number = asked.number
        name = self._both.name_of(asked)
        if name is not None:
            other = name == "(unmatched)" and asked.method == "BREW"
            method = "(other)" if other else asked.method
            self._expected.append((number, method, name, got.status()))
        if not got.escaped and asked.take is None:
            self._sizes[number] = got.size()
        for kind, *values in self._both.plain.log:
            if kind == "inside":
                inner, method, status = values
                if self._both.measures(inner, asked):
                    self._expected.append((number + INSIDE, method, inner, status))


@contextmanager
def compared(shape: Shape, settings: Settings, file: Path) -> Iterator[Books]:
    """Make both applications and their books, and close them."""
    with twins(shape, settings, file) as both:
        yield Books(both, shape)
