"""An engine with the four methods alone, and measurements to put into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from flask_profiler.measurement import Measurement
from flask_profiler.query import EVERYTHING, NEWEST_FIRST, Filter, Page, Sort
from flask_profiler.storage.base import Mark, Storage

NOW_US = 1_795_356_225_000_000
Make: TypeAlias = Callable[..., Measurement]


class Memory(Storage):
    """Keep measurements in a list."""

    def __init__(self) -> None:
        super().__init__({})
        self.rows: list[Measurement] = []

    def insert_many(
        self, measurements: Sequence[Measurement], mark: Mark | None = None
    ) -> None:
        for measurement in measurements:
            number = len(self.rows) + 1
            self.rows.append(msgspec.structs.replace(measurement, id=number))

    def get(self, id_: str) -> Measurement | None:
        return next((row for row in self.rows if str(row.id) == id_), None)

    def find(
        self, filter_: Filter, sort: Sort = NEWEST_FIRST, page: Page = EVERYTHING
    ) -> list[Measurement]:
        rows = [row for row in self.rows if filter_.matches(row)]
        rows.sort(key=lambda row: row.uid, reverse=sort.uid_descending)
        for key in reversed(sort.keys):
            one = Sort((key,))
            rows.sort(key=lambda row: one.position(row)[0], reverse=key.descending)
        if page.after is not None:
            positions = [sort.position(row) for row in rows]
            rows = rows[positions.index(page.after) + 1 :]
        return rows[page.skip :][: page.limit]

    def delete(self, filter_: Filter) -> int:
        raise NotImplementedError
