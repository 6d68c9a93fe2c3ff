"""The list: single measurements, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_profiler.measurement import Measurement
from flask_profiler.query import NEWEST_FIRST, Page, Sort
from flask_profiler.reports.question import Question
from flask_profiler.storage.base import Storage

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    """Some measurements, and how many match in all."""

    rows: Iterator[Measurement]
    """Read from the store piece by piece: go through them once."""
    shown: int
    total: int


def listed(
    storage: Storage,
    question: Question,
    sort: Sort = NEWEST_FIRST,
    limit: int | None = None,
) -> Listing:
    """List what matches, at most `limit`."""
    total = storage.count(question.filter)
    shown = total if limit is None else min(limit, total)
    return Listing(_rows(storage, question, sort, shown), shown, total)


def _rows(
    storage: Storage, question: Question, sort: Sort, count: int
) -> Iterator[Measurement]:
    after = None
    while count > 0:
        page = Page(limit=min(count, _AT_ONCE), after=after)
        rows = storage.find(question.filter, sort, page)
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        count -= len(rows)
        after = sort.position(rows[-1])
