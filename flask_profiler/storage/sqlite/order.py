"""A sort as SQL, and the condition that a page begins behind a position."""

from __future__ import annotations

from flask_profiler.errors import QueryError, RefusedError
from flask_profiler.query import Sort, SortField, SortValue
from flask_profiler.storage.sqlite.rows import uid_bytes
from flask_profiler.storage.sqlite.where import Condition, Value, bounded

COLUMNS: dict[SortField, str] = {
    "started_at": "started_us",
    "ended_at": "started_us + elapsed_us",
    "elapsed": "elapsed_us",
    "method": "method",
    "name": "name",
    "endpoint": "coalesce(endpoint, '')",
    "status": "coalesce(status, -1)",
    "size": "coalesce(size, -1)",
}
"""Field → expression: nothing else is ever ordered by."""


def order_by(sort: Sort) -> str:
    """Give the terms of ORDER BY; the uid ends a tie."""
    return ", ".join(
        f"{term} {'DESC' if descending else 'ASC'}" for term, descending in _terms(sort)
    )


def behind(sort: Sort, after: tuple[SortValue, ...]) -> Condition:
    """Give the condition that a row comes after a position (`Sort.position`).

    Every key may run in its own direction, so rows can't simply be compared as tuples:
    the first key decides, or it is equal and the next one decides. The bound on the
    first key alone is what an index can use.
    """
    terms = _terms(sort)
    if len(after) != len(terms):
        raise QueryError(f"A position in this order has {len(terms)} values: {after!r}")
    values = [*map(_value, after[:-1]), _uid(after[-1])]
    sql = "0"
    parameters: tuple[Value, ...] = ()
    for (term, descending), value in reversed(list(zip(terms, values, strict=True))):
        sign = "<" if descending else ">"
        sql = f"{term} {sign} ? OR ({term} = ? AND ({sql}))"
        parameters = (value, value, *parameters)
    first, descending = terms[0]
    bound = f"{first} {'<=' if descending else '>='} ?"
    return Condition(f"{bound} AND ({sql})", (values[0], *parameters))


def _terms(sort: Sort) -> list[tuple[str, bool]]:
    terms = [(COLUMNS[key.field], key.descending) for key in sort.keys]
    return [*terms, ("uid", sort.uid_descending)]


def _value(value: SortValue) -> Value:
    return bounded(value) if isinstance(value, int) else value


def _uid(value: SortValue) -> bytes:
    try:
        return uid_bytes(str(value))
    except RefusedError as error:
        raise QueryError(f"A page can't begin behind {value!r}: {error}") from error
