"""A filter as SQL: conditions, and the values that go with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from flask_profiler.query import Filter, StatusRange
from flask_profiler.storage.sqlite.catalog import Route
from flask_profiler.storage.sqlite.values import is_text

Value: TypeAlias = int | str | bytes

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL that is true or false, and its parameters."""

    sql: str
    values: tuple[Value, ...] = ()


NEVER = Condition("0")


def where(filter_: Filter, *, route: Condition | None) -> Condition:
    """Give the whole condition of a filter; `route` stands for what is said of routes.

    `route` is `None` where every route is meant.
    """
    conditions = [condition for condition in [route, *_plain(filter_)] if condition]
    return all_of(conditions)


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Join conditions that must all hold."""
    listed = list(conditions)
    return Condition(
        " AND ".join(f"({condition.sql})" for condition in listed) or "1",
        tuple(value for condition in listed for value in condition.values),
    )


def among(filter_: Filter, routes: Iterable[Route]) -> Condition | None:
    """Give the condition on the number of the route, `None` if all routes are meant."""
    listed = list(routes)
    numbers = [r.route for r in listed if is_meant(filter_, r)]
    if len(numbers) == len(listed):
        return None
    return Condition(f"route IN ({', '.join(map(str, numbers))})")


def is_meant(filter_: Filter, route: Route) -> bool:
    """Tell whether a filter means a route."""
    if filter_.methods and route.method not in filter_.methods:
        return False
    return filter_.matches_route(route.name, route.endpoint)


def bounded(value: int) -> int:
    """Give the nearest integer that SQLite can hold."""
    return min(max(value, _SMALLEST), _LARGEST)


def _plain(filter_: Filter) -> Iterator[Condition]:
    bounds = (
        ("started_us >= ?", filter_.since_us),
        ("started_us < ?", filter_.until_us),
        ("elapsed_us >= ?", filter_.min_elapsed_us),
        ("elapsed_us <= ?", filter_.max_elapsed_us),
    )
    for sql, bound in bounds:
        if bound is not None:
            yield Condition(sql, (bounded(bound),))
    if filter_.statuses:
        yield _statuses(filter_.statuses)
    for column, wanted in (("kwargs", filter_.kwargs), ("args", filter_.args)):
        for key, value in wanted:
            yield _holds(column, key, value)


def _statuses(ranges: Iterable[StatusRange]) -> Condition:
    pairs = [(bounded(wanted.low), bounded(wanted.high)) for wanted in ranges]
    return Condition(
        " OR ".join("status BETWEEN ? AND ?" for _ in pairs),
        tuple(bound for pair in pairs for bound in pair),
    )


def _holds(column: str, key: str, value: str) -> Condition:
    if not (is_text(key) and is_text(value)):
        return NEVER
    return Condition(f"{column} IS NOT NULL AND fp_holds({column}, ?, ?)", (key, value))
