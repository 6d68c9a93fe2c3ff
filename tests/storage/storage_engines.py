"""The engines that the contract is held against."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from flask_profiler.errors import StorageError
from flask_profiler.query import EVERYTHING, NEWEST_FIRST
from flask_profiler.storage.base import BaseStorage, Storage
from flask_profiler.storage.legacy import LegacyStorage
from flask_profiler.storage.ordering import paged
from flask_profiler.storage.sqlite.engine import SQLite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flask_profiler.measurement import Measurement
    from flask_profiler.query import Filter, Page, Sort
    from flask_profiler.storage.base import Mark


class Minimal(Storage):
    """The least that an engine needs."""

    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__(options)
        self.kept: dict[str, Measurement] = {}

    def insert_many(
        self, measurements: Sequence[Measurement], mark: Mark | None = None
    ) -> None:
        for measurement in measurements:
            self.kept.setdefault(measurement.uid, measurement)

    def get(self, id_: str) -> Measurement | None:
        return self.kept.get(id_)

    def find(
        self, filter_: Filter, sort: Sort = NEWEST_FIRST, page: Page = EVERYTHING
    ) -> list[Measurement]:
        return paged(filter(filter_.matches, self.kept.values()), sort, page)

    def delete(self, filter_: Filter) -> int:
        doomed = [m.uid for m in self.find(filter_)]
        for uid in doomed:
            del self.kept[uid]
        return len(doomed)


class OfVersion1(BaseStorage):
    """An engine as users of 1.x wrote them, with the defaults of 1.x."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        self.config = config
        self.rows: dict[int, dict[str, Any]] = {}

    def insert(self, measurement: dict[str, Any]) -> None:
        number = max(self.rows, default=0) + 1
        row = json.loads(json.dumps(measurement))
        row["args"] = tuple(row["args"])
        self.rows[number] = {"id": number, **row}

    def filter(self, kwds: dict[str, Any]) -> Any:
        since = float(kwds.get("startedAt", time.time() - 7 * 86_400))
        until = float(kwds.get("endedAt", time.time() + 0.5))
        field, direction = kwds.get("sort", "endedAt,desc").split(",")
        rows = [
            row
            for row in self.rows.values()
            if row["startedAt"] >= since
            and row["endedAt"] <= until
            and row["elapsed"] >= kwds.get("elapsed", -1e9)
            and kwds.get("method") in {None, row["method"]}
            and kwds.get("name") in {None, row["name"]}
        ]
        rows.sort(key=lambda row: row[field], reverse=direction == "desc")
        skip, limit = int(kwds.get("skip", 0)), int(kwds.get("limit", 100))
        return (row for row in rows[skip : skip + limit])

    def get(self, measurement_id: str) -> dict[str, Any]:
        return self.rows[int(measurement_id)]

    def delete(self, measurement_id: int) -> None:
        del self.rows[int(measurement_id)]

    def truncate(self) -> bool:
        self.rows.clear()
        return True


def build(engine: str, folder: Path) -> Storage:
    """Build an empty storage."""
    match engine:
        case "sqlite":
            return SQLite({"FILE": str(folder / "store.sql")})
        case "minimal":
            return Minimal({})
        case "1.x":
            return LegacyStorage({"key": "value"}, OfVersion1)
    raise StorageError(engine)
