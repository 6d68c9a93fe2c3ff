"""Compare what is stored with the books, request by request."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.soak.books import Answered, Books
from tests.soak.traffic import SECRET, Request, request_of

_TICK = 0.000_01
"""Seconds that two clocks read one after the other may differ by, with rounding."""


@dataclass
class Route:
    """What the rows of one route come to."""

    count: int = 0
    errors: int = 0
    total_us: int = 0
    min_us: int = 1 << 62
    max_us: int = 0

    def add(self, row: dict[str, Any]) -> None:
        """Add one row."""
        elapsed = round(row["elapsed"] * 1_000_000)
        self.count += 1
        self.errors += row["error"]
        self.total_us += elapsed
        self.min_us = min(self.min_us, elapsed)
        self.max_us = max(self.max_us, elapsed)


@dataclass
class Audit:
    """What was found in the store, and what is wrong with it."""

    seed: int
    books: Books
    stored: Counter[int] = field(default_factory=Counter)
    routes: dict[tuple[str, str], Route] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _uids: set[str] = field(default_factory=set)

    def rows(self, lines: Iterable[str]) -> None:
        """Look at each stored measurement, then at which are missing or too many."""
        for line in lines:
            if SECRET in line:
                self.wrong.append(f"a secret is stored: {line[:300]}")
            self._row(json.loads(line))
        self._existence()

    def _row(self, row: dict[str, Any]) -> None:
        if row["uid"] in self._uids:
            self.wrong.append(f"uid {row['uid']} is stored twice")
        self._uids.add(row["uid"])
        self.routes.setdefault((row["method"], row["name"]), Route()).add(row)
        number = row["kwargs"].get("number")
        if not isinstance(number, int) or not 0 <= number < self.books.sent:
            self.wrong.append(f"row {row['id']} was never sent: {row!r:.300}")
            return
        self.stored[number] += 1
        request = request_of(self.seed, number)
        answered = self.books.answered.get(number)
        for problem in problems(row, request, answered):
            self.wrong.append(f"request {number}, row {row['id']}: {problem}")

    def _existence(self) -> None:
        for number in sorted(self.books.answered):
            if number not in self.stored:
                request = request_of(self.seed, number)
                self.wrong.append(
                    f"request {number} ({request.method} {request.target[:60]}) was "
                    "answered and is not stored"
                )
        for number, times in self.stored.items():
            if times > 1:
                self.wrong.append(f"request {number} is stored {times} times")

    def summary(self, groups: list[dict[str, Any]]) -> None:
        """Compare the report of all routes with the rows."""
        told = {(group["method"], group["name"]): group for group in groups}
        for key in told.keys() ^ self.routes.keys():
            self.wrong.append(f"summary: {key} is only in one of report and rows")
        for key in told.keys() & self.routes.keys():
            found, group = self.routes[key], told[key]
            reported = [group[name] for name in ("count", "errors")]
            reported += [
                round(group[name] * 1_000_000)
                for name in ("totalElapsed", "minElapsed", "maxElapsed")
            ]
            added = [*vars(found).values()]
            if reported != added:
                self.wrong.append(f"summary: {key} has {reported}, its rows {added}")


def problems(
    row: dict[str, Any], request: Request, answered: Answered | None
) -> Iterator[str]:
    """Tell in what a stored measurement is not that of its request."""
    context = row["context"]
    expected = {"method": request.method, "name": request.rule}
    if answered is not None:
        expected |= {"status": request.status, "error": request.status >= 500}
        if request.answer is not None:
            expected["size"] = len(request.answer)
    for key, value in expected.items():
        if row[key] != value:
            yield f"{key} is {row[key]!r}, not {value!r}"
    if context["headers"].get("X-Soak") != str(request.number):
        yield f"its context is another's: {context['headers']!r:.300}"
    for key, value in request.kept.items():
        if context.get(key) != value:
            yield f"{key} is {context.get(key)!r:.200}, not {value!r:.200}"
    if answered is not None:
        yield from _implausible(row["elapsed"], request.slept_us / 1e6, answered.seen)
    phases = round(sum(row["phases"].values()) * 1e6)
    if phases != round(row["elapsed"] * 1e6):
        yield f"its phases are {phases} µs together, elapsed is {row['elapsed']} s"


def _implausible(elapsed: float, slept: float, seen: float) -> Iterator[str]:
    if elapsed < slept - _TICK:
        yield f"elapsed is {elapsed} s, and the view slept {slept} s"
    if elapsed > seen + _TICK:
        yield f"elapsed is {elapsed} s, and the client saw {seen:.6f} s"
