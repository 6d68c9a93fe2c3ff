"""Group inside the database: counts for each bin, put together here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from flask_profiler.query import Dimension, Filter, TimeBucket
from flask_profiler.results import Group
from flask_profiler.storage.sqlite.source import Source
from flask_profiler.storage.sqlite.where import Value, bounded, where

Key: TypeAlias = tuple[int | str | None, ...]


@dataclass(slots=True)
class _Sums:
    count: int = 0
    errors: int = 0
    total_us: int = 0
    min_us: int | None = None
    max_us: int = 0
    histogram: dict[int, int] = field(default_factory=dict)

    def add(self, row: tuple[int, ...]) -> None:
        bin_, count, errors, total, low, high = row
        self.min_us = low if self.min_us is None else min(self.min_us, low)
        self.max_us = high if not self.count else max(self.max_us, high)
        self.count += count
        self.errors += errors
        self.total_us += total
        self.histogram[bin_] = self.histogram.get(bin_, 0) + count

    def group(self, key: Key) -> Group:
        return Group(
            key=key,
            count=self.count,
            errors=self.errors,
            total_us=self.total_us,
            min_us=self.min_us or 0,
            max_us=self.max_us,
            histogram=self.histogram,
        )


def aggregate(
    source: Source, filter_: Filter, by: tuple[Dimension, ...]
) -> list[Group]:
    """Group what a filter means by dimensions."""
    columns = _columns(source, by)
    condition = where(filter_, route=source.route_condition(filter_))
    query = source.tables.sql(
        "SELECT {columns}bin, count(*), sum(error), sum(elapsed_us), min(elapsed_us),"
        " max(elapsed_us) FROM {figures} WHERE {condition} GROUP BY {numbers}",
        columns="".join(f"{column}, " for column in columns),
        figures=source.figures,
        condition=condition.sql,
        numbers=", ".join(str(n + 1) for n in range(len(columns) + 1)),
    )
    parameters: list[Value] = [v for values in columns.values() for v in values]
    sums: dict[Key, _Sums] = {}
    width = len(columns)
    key_of = _key_reader(source, by, list(columns))
    raw: dict[Key, Key] = {}
    for row in source.connection.db.execute(query, [*parameters, *condition.values]):
        found = row[:width]
        key = raw.get(found) or raw.setdefault(found, key_of(found))
        sums.setdefault(key, _Sums()).add(row[width:])
    return [group.group(key) for key, group in sums.items()]


def _columns(source: Source, by: tuple[Dimension, ...]) -> dict[str, tuple[Value, ...]]:
    """Give each expression to group by once, with its parameters."""
    plain = source.group_columns(d for d in by if not isinstance(d, TimeBucket))
    columns: dict[str, tuple[Value, ...]] = dict.fromkeys(plain.values(), ())
    for dimension in by:
        if isinstance(dimension, TimeBucket):
            sql, values = _bucket(dimension)
            columns[sql] = values
    return columns


def _bucket(bucket: TimeBucket) -> tuple[str, tuple[Value, ...]]:
    # SQLite's % takes the sign of the dividend: twice, so that it rounds down. Written
    # out, not as parameters: SQLite must see that it groups by what it selects.
    width, offset = bounded(int(bucket.width_us)), bounded(int(bucket.offset_us))
    shifted = f"(started_us + {offset})"
    return f"started_us - ({shifted} % {width} + {width}) % {width}", ()


def _key_reader(
    source: Source, by: tuple[Dimension, ...], columns: list[str]
) -> Callable[[Key], Key]:
    plain = source.group_columns(d for d in by if not isinstance(d, TimeBucket))
    meanings = {c: source.named(c) for c in set(plain.values()) & {"route", "host_no"}}

    def part(dimension: Dimension, found: Key) -> int | str | None:
        if isinstance(dimension, TimeBucket):
            return found[columns.index(_bucket(dimension)[0])]
        column = plain[dimension]
        value = found[columns.index(column)]
        if column not in meanings:
            return value
        return meanings[column][value][dimension]

    return lambda found: tuple(part(dimension, found) for dimension in by)
