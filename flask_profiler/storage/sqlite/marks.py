"""How far each segment of the spool has been drained."""

from __future__ import annotations

from collections.abc import Iterable

from flask_profiler.storage.base import Mark
from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.source import Source
from flask_profiler.storage.sqlite.tables import Tables


def drained(source: Source, segment: str) -> int:
    """Give the mark of a segment, 0 if it has none."""
    query = source.tables.sql("SELECT drained FROM {marks} WHERE segment = ?")
    row = source.connection.db.execute(query, (segment,)).fetchone()
    return int(row[0]) if row else 0


def marked(source: Source) -> list[str]:
    """Name the segments that have a mark."""
    query = source.tables.sql("SELECT segment FROM {marks}")
    return [str(row[0]) for row in source.connection.db.execute(query)]


def put(connection: Connection, tables: Tables, mark: Mark) -> None:
    """Set a mark. Inside a write transaction."""
    query = tables.sql(
        "INSERT INTO {marks} VALUES (?, ?)"
        " ON CONFLICT (segment) DO UPDATE SET drained = excluded.drained"
    )
    connection.db.execute(query, (mark.segment, mark.offset))


def forget(connection: Connection, tables: Tables, segments: Iterable[str]) -> None:
    """Delete marks. Inside a write transaction."""
    query = tables.sql("DELETE FROM {marks} WHERE segment = ?")
    connection.db.executemany(query, [(segment,) for segment in segments])
