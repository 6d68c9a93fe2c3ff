"""Group inside the database: counts for each bin, put together here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from flask_profiler.query import Dimension, Filter, TimeBucket
from flask_profiler.results import Group
from flask_profiler.storage.sqlite.source import Source
from flask_profiler.storage.sqlite.where import bounded, where

Key: TypeAlias = tuple[int | str | None, ...]

_BINS = 4096
"""More than there are bins: `bin_of` of the longest time that is stored is 1,856."""


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
        "SELECT {columns}, count(*), sum(error), sum(elapsed_us), min(elapsed_us),"
        " max(elapsed_us) FROM {figures} WHERE {condition} GROUP BY {numbers}",
        columns=", ".join(_selected(columns)),
        figures=source.figures,
        condition=condition.sql,
        numbers=", ".join(str(n + 1) for n in range(len(_selected(columns)))),
    )
    found = source.connection.db.execute(query, condition.values)
    sums: dict[Key, _Sums] = {}
    keys: dict[Key, Key] = {}
    key_of = _key_reader(source, by, columns)
    for raw, figures in _unpacked(found, columns):
        key = keys.get(raw) or keys.setdefault(raw, key_of(raw))
        sums.setdefault(key, _Sums()).add(figures)
    return [group.group(key) for key, group in sums.items()]


def _selected(columns: list[str]) -> list[str]:
    """Give what to select and group by: the columns, then the bin.

    Route and bin go into one number. SQLite sorts one number a third faster than two,
    and would otherwise walk the index of routes to save half of the sorting, which
    takes twice as long as all of it.
    """
    if columns[-1:] == ["route"]:
        return [*columns[:-1], f"route * {_BINS} + bin"]
    return [*columns, "bin"]


def _unpacked(
    rows: Iterable[tuple[int, ...]], columns: list[str]
) -> Iterator[tuple[Key, tuple[int, ...]]]:
    """Give each row's values of the columns, then its bin and what was added up."""
    width = len(columns)
    if columns[-1:] != ["route"]:
        yield from ((row[:width], row[width:]) for row in rows)
        return
    for row in rows:
        route, bin_ = divmod(row[width - 1], _BINS)
        yield (*row[: width - 1], route), (bin_, *row[width:])


def _columns(source: Source, by: tuple[Dimension, ...]) -> list[str]:
    """Give each expression to group by once; the number of the route is the last."""
    plain = source.group_columns(d for d in by if not isinstance(d, TimeBucket))
    buckets = [_bucket(d) for d in by if isinstance(d, TimeBucket)]
    columns = dict.fromkeys([*plain.values(), *buckets])
    return sorted(columns, key=lambda column: column == "route")


def _bucket(bucket: TimeBucket) -> str:
    # SQLite's % takes the sign of the dividend: twice, so that it rounds down. Written
    # out, not as parameters: SQLite must see that it groups by what it selects.
    width, offset = bounded(int(bucket.width_us)), bounded(int(bucket.offset_us))
    shifted = f"(started_us + {offset})"
    return f"started_us - ({shifted} % {width} + {width}) % {width}"


def _key_reader(
    source: Source, by: tuple[Dimension, ...], columns: list[str]
) -> Callable[[Key], Key]:
    plain = source.group_columns(d for d in by if not isinstance(d, TimeBucket))
    meanings = {c: source.named(c) for c in set(plain.values()) & {"route", "host_no"}}

    def part(dimension: Dimension, found: Key) -> int | str | None:
        if isinstance(dimension, TimeBucket):
            return found[columns.index(_bucket(dimension))]
        column = plain[dimension]
        value = found[columns.index(column)]
        if column not in meanings:
            return value
        return meanings[column][value][dimension]

    return lambda found: tuple(part(dimension, found) for dimension in by)
