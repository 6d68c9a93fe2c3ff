"""Questions about single measurements, and how many there are."""

from __future__ import annotations

from flask_profiler.measurement import Measurement
from flask_profiler.query import Filter, Page, Sort
from flask_profiler.results import Extent
from flask_profiler.storage.sqlite.order import behind, order_by
from flask_profiler.storage.sqlite.source import Source
from flask_profiler.storage.sqlite.where import Condition, all_of, bounded, where


def get(source: Source, id_: int) -> Measurement | None:
    """Find a measurement by its number."""
    query = source.tables.sql(
        "SELECT {columns} FROM {listing} WHERE id = ?",
        columns=source.columns,
        listing=source.listing,
    )
    found = source.connection.db.execute(query, (id_,)).fetchall()
    return source.measurements(found)[0] if found else None


def find(source: Source, filter_: Filter, sort: Sort, page: Page) -> list[Measurement]:
    """Find measurements, in order."""
    query = selection(source, filter_, sort, page)
    found = source.connection.db.execute(query.sql, query.values).fetchall()
    return source.measurements(found)


def selection(source: Source, filter_: Filter, sort: Sort, page: Page) -> Condition:
    """Give the whole SELECT of one page, and its parameters."""
    condition = where(filter_, route=source.route_condition(filter_))
    if page.after is not None:
        condition = all_of([condition, behind(sort, page.after)])
    sql = source.tables.sql(
        "SELECT {columns} FROM {listing} WHERE {condition} ORDER BY {order}"
        " LIMIT ? OFFSET ?",
        columns=source.columns,
        listing=source.listing,
        condition=condition.sql,
        order=order_by(sort),
    )
    limit = -1 if page.limit is None else bounded(max(page.limit, 0))
    return Condition(sql, (*condition.values, limit, bounded(page.skip)))


def count(source: Source, filter_: Filter) -> int:
    """Count what a filter means."""
    condition = where(filter_, route=source.route_condition(filter_))
    query = source.tables.sql(
        "SELECT count(*) FROM {figures} WHERE {condition}",
        figures=source.figures,
        condition=condition.sql,
    )
    row = source.connection.db.execute(query, condition.values).fetchone()
    return int(row[0])


def extent(source: Source) -> Extent:
    """Tell how much there is, and from when."""
    query = source.tables.sql(
        "SELECT (SELECT count(*) FROM {figures}),"
        " (SELECT min(started_us) FROM {figures}),"
        " (SELECT max(started_us) FROM {figures})",
        figures=source.figures,
    )
    return Extent(*source.connection.db.execute(query).fetchone())
