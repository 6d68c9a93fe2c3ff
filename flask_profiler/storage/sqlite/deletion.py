"""Delete measurements, and what only they needed."""

from __future__ import annotations

from flask_profiler.query import Filter
from flask_profiler.storage.sqlite import contexts
from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.session import Session
from flask_profiler.storage.sqlite.source import OurTables
from flask_profiler.storage.sqlite.where import where

STEP = 5_000
"""Measurements deleted in one transaction, so that drainers get between."""

WAIT = 5.0
"""Seconds that a step waits for others who write."""


def delete(session: Session, filter_: Filter) -> int:
    """Delete what a filter means, as far as it is there now."""
    deleted, below = 0, None
    while True:
        with session.writing(wait=WAIT, create=False) as connection:
            ids = _step(session, connection, filter_, below)
        deleted += len(ids)
        if len(ids) < STEP:
            return deleted
        below = min(ids)


def _step(
    session: Session, connection: Connection, filter_: Filter, below: int | None
) -> list[int]:
    source = OurTables(connection, session.tables)
    condition = where(filter_, route=source.route_condition(filter_))
    db, tables = connection.db, session.tables
    query = tables.sql(
        "SELECT id FROM {data} WHERE {condition} AND {below} ORDER BY id DESC LIMIT ?",
        condition=condition.sql,
        below="1" if below is None else f"id < {below}",
    )
    ids = [int(row[0]) for row in db.execute(query, (*condition.values, STEP))]
    if ids:
        query = tables.sql("DELETE FROM {data} WHERE id = ?")
        db.executemany(query, [(id_,) for id_ in ids])
        contexts.prune(db, tables, ids)
    return ids
