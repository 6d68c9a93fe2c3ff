"""Copy the rows of a table of 1.x into ours, once, in small steps.

How far it has come stands in our tables and changes in the transaction that stores the
rows: any number of processes may take steps. Rows that workers of 1.x go on writing get
higher IDs, and come over in later steps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress

from flask_profiler.errors import RefusedError, StorageMissingError
from flask_profiler.measurement import Measurement
from flask_profiler.storage.sqlite import schema
from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.insertion import insert
from flask_profiler.storage.sqlite.session import Session
from flask_profiler.storage.sqlite.source import OurTables, Source
from flask_profiler.storage.sqlite.tables import Tables
from flask_profiler.storage.sqlite.v1table import RAW, measurement_of

STEP = 500
"""Rows copied in one transaction."""


def step(session: Session) -> bool:
    """Copy some rows; True if there may be more. Does nothing before we have tables."""
    try:
        pending = session.ask(_is_pending)
    except StorageMissingError:
        return False
    if not pending:
        return False
    with session.writing(create=False) as connection:
        return _copy(connection, session.tables)


def _is_pending(source: Source) -> bool:
    db, tables = source.connection.db, source.tables
    if not isinstance(source, OurTables) or not schema.has_v1_table(db, tables):
        return False
    query = tables.sql("SELECT 1 FROM {v1} WHERE ID > ? LIMIT 1")
    return db.execute(query, (_progress(db, tables),)).fetchone() is not None


def _progress(db: sqlite3.Connection, tables: Tables) -> int:
    query = tables.sql("SELECT value FROM {meta} WHERE key = 'v1_id'")
    return int(db.execute(query).fetchone()[0])


def _copy(connection: Connection, tables: Tables) -> bool:
    db = connection.db
    query = tables.sql(RAW + " WHERE ID > ? ORDER BY ID LIMIT ?")
    rows = db.execute(query, (_progress(db, tables), STEP)).fetchall()
    if not rows:
        return False
    _insert(connection, tables, [measurement_of(row, tables) for row in rows])
    query = tables.sql("UPDATE {meta} SET value = ? WHERE key = 'v1_id'")
    db.execute(query, (rows[-1][0],))
    return len(rows) == STEP


def _insert(
    connection: Connection, tables: Tables, measurements: Sequence[Measurement]
) -> None:
    try:
        insert(connection, tables, measurements)
    except RefusedError:
        for measurement in measurements:
            with suppress(RefusedError):
                insert(connection, tables, [measurement])
