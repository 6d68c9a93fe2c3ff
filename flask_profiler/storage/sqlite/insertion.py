"""Store measurements, each once, inside a write transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from flask_profiler.errors import RefusedError
from flask_profiler.measurement import Measurement
from flask_profiler.storage.base import Mark
from flask_profiler.storage.sqlite import contexts, marks, rows, values
from flask_profiler.storage.sqlite.catalog import host_number, route_number
from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.tables import Tables

_REFUSED = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    TypeError,
    ValueError,
    AttributeError,
)
"""What goes wrong with the values, not with the file."""


def insert(
    connection: Connection,
    tables: Tables,
    measurements: Sequence[Measurement],
    mark: Mark | None = None,
) -> None:
    """Store measurements and mark, or nothing of them; known uids are passed over."""
    db = connection.db
    db.execute("SAVEPOINT fp_insert")
    try:
        if measurements and not _insert_all(connection, tables, measurements):
            _back(connection)
            fresh = _fresh(db, tables, measurements)
            _insert_all(connection, tables, fresh)
        if mark is not None:
            marks.put(connection, tables, mark)
    except BaseException as error:
        if db.in_transaction:
            _back(connection)
        if isinstance(error, _REFUSED):
            raise RefusedError(f"The measurement can't be stored: {error}") from error
        raise
    finally:
        if db.in_transaction:
            db.execute("RELEASE fp_insert")


def _back(connection: Connection) -> None:
    connection.db.execute("ROLLBACK TO fp_insert")
    connection.forget()


def _insert_all(
    connection: Connection, tables: Tables, measurements: Sequence[Measurement]
) -> bool:
    """Store what is believed to be new; `False` if some of it was not."""
    db = connection.db
    query = tables.sql("SELECT value FROM {meta} WHERE key = 'next_id'")
    first = int(db.execute(query).fetchone()[0])
    batch = [
        rows.row_of(m, id_, *_numbers(connection, tables, m))
        for id_, m in enumerate(measurements, first)
    ]
    before = db.total_changes
    db.executemany(tables.sql(rows.INSERT), batch)
    if db.total_changes - before != len(batch):
        return False
    contexts.store(db, tables, first, [contexts.line_of(m) for m in measurements])
    query = tables.sql("UPDATE {meta} SET value = ? WHERE key = 'next_id'")
    db.execute(query, (first + len(batch),))
    return True


def _numbers(
    connection: Connection, tables: Tables, m: Measurement
) -> tuple[int, int | None]:
    key = (m.method, m.name, m.endpoint)
    route = connection.routes.get(key)
    if route is None:
        clean = (
            values.text(m.method, "method"),
            values.text(m.name, "name"),
            None if m.endpoint is None else values.text(m.endpoint, "endpoint"),
        )
        route = route_number(connection, tables, clean)
    host = connection.hosts.get(m.host) if m.host is not None else None
    if host is None and m.host is not None:
        host = host_number(connection, tables, values.text(m.host, "host"))
    return route, host


def _fresh(
    db: sqlite3.Connection, tables: Tables, measurements: Sequence[Measurement]
) -> list[Measurement]:
    query = tables.sql("SELECT 1 FROM {data} WHERE started_us = ? AND uid = ?")
    seen: dict[str, Measurement] = {}
    for m in measurements:
        known = db.execute(query, (m.started_us, rows.uid_bytes(m.uid))).fetchone()
        if known is None:
            seen.setdefault(m.uid, m)
    return list(seen.values())
