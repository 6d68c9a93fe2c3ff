"""Store measurements, each once, inside a write transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain

from flask_profiler.errors import RefusedError, StorageError
from flask_profiler.line.facts import processes, routes
from flask_profiler.line.spooled import Spooled
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

_AT_ONCE = 250
"""Rows stored by one statement."""
_COUNTS = (_AT_ONCE, 50, 10, 1)
_ROW = f"({', '.join('?' * rows.WIDTH)})"
_INSERTS = {
    count: f"INSERT INTO {{data}} VALUES {', '.join([_ROW] * count)}"  # noqa: S608
    " ON CONFLICT (started_us, uid) DO NOTHING"
    for count in _COUNTS
}


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
        if measurements:
            _insert_new(connection, tables, measurements)
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


def _insert_new(
    connection: Connection, tables: Tables, measurements: Sequence[Measurement]
) -> None:
    if _insert_all(connection, tables, measurements):
        return
    _back(connection)
    fresh = _fresh(connection.db, tables, measurements)
    if fresh and not _insert_all(connection, tables, fresh):
        raise StorageError("What is new can't be told from what is stored.")


def _insert_all(
    connection: Connection, tables: Tables, measurements: Sequence[Measurement]
) -> bool:
    """Store what is believed to be new; `False` if some of it was not."""
    db = connection.db
    query = tables.sql("SELECT value FROM {meta} WHERE key = 'next_id'")
    first = int(db.execute(query).fetchone()[0])
    if isinstance(measurements, Spooled):
        stored = _insert_lines(connection, tables, measurements, first)
        lines = list(map(contexts.line_of_facts, measurements.facts))
    else:
        batch = [
            rows.row_of(m, id_, *_numbers(connection, tables, m))
            for id_, m in enumerate(measurements, first)
        ]
        stored = _insert_rows(db, tables, batch)
        lines = list(map(contexts.line_of, measurements))
    if stored != len(measurements):
        return False
    contexts.store(db, tables, first, lines)
    query = tables.sql("UPDATE {meta} SET value = ? WHERE key = 'next_id'")
    db.execute(query, (first + len(measurements),))
    return True


class _Routes(dict[bytes, int]):
    """The numbers of the routes in a batch of lines."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._at = connection, tables

    def __missing__(self, raw: bytes) -> int:
        route = routes[raw]
        key = route.method, route.name, route.endpoint
        number = self[raw] = route_number(*self._at, key)
        return number


class _Sources(dict[bytes, rows.Source]):
    """The processes that a batch of lines comes from."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._at = connection, tables

    def __missing__(self, raw: bytes) -> rows.Source:
        process = processes[raw]
        host = host_number(*self._at, process.host)
        source = self[raw] = process.pid, host, process.integer
        return source


def _insert_lines(
    connection: Connection, tables: Tables, lines: Spooled, first: int
) -> int:
    route_of, source_of = _Routes(connection, tables), _Sources(connection, tables)
    row, stored = rows.row_of_facts, 0
    for start in range(0, len(lines), _AT_ONCE):
        part = lines.facts[start : start + _AT_ONCE]
        batch = [
            row(f, id_, route_of[bytes(f.route)], source_of[bytes(f.process)])
            for id_, f in enumerate(part, first + start)
        ]
        stored += _insert_rows(connection.db, tables, batch)
    return stored


def _insert_rows(
    db: sqlite3.Connection, tables: Tables, batch: Sequence[rows.Row]
) -> int:
    """Store rows, many with one statement: others may run while it does.

    Gives the number of those that were not there yet.
    """
    start = stored = 0
    most = db.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // rows.WIDTH
    for count in (count for count in _COUNTS if count <= most):
        while len(batch) - start >= count:
            part = batch[start : start + count]
            query = tables.sql(_INSERTS[count])
            stored += db.execute(query, list(chain.from_iterable(part))).rowcount
            start += count
    return stored


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
