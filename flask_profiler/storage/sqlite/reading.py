"""Open the file read-only, and find out what can be asked there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from flask_profiler.errors import (
    StorageBusyError,
    StorageError,
    StorageUnavailableError,
)
from flask_profiler.storage.sqlite import schema
from flask_profiler.storage.sqlite.connection import SIDECARS, Connection
from flask_profiler.storage.sqlite.failures import empty, is_no_access
from flask_profiler.storage.sqlite.place import Place
from flask_profiler.storage.sqlite.pool import Seat
from flask_profiler.storage.sqlite.source import OurTables, Source
from flask_profiler.storage.sqlite.tables import Tables
from flask_profiler.storage.sqlite.v1table import V1Table


@contextmanager
def source(seat: Seat, place: Place, tables: Tables) -> Iterator[Source]:
    """Give what can be asked, as long as the block runs; one state of the file."""
    if seat.reader is not None and not seat.reader.is_current():
        stale, seat.reader = seat.reader, None
        stale.close()
    if seat.reader is None:
        seat.reader = _opened(place)
    if seat.reader is None:
        with _untouched(place) as connection:
            yield source_in(connection, tables)
        return
    with seat.reader.snapshot():
        yield source_in(seat.reader, tables)


def source_in(connection: Connection, tables: Tables) -> Source:
    """Find out whether our tables are there, or the table of 1.x."""
    version = schema.version_of(connection.db, tables)
    schema.check(version, connection.place)
    if version == schema.VERSION:
        connection.db.text_factory = str
        return OurTables(connection, tables)
    if version:
        raise _old(connection.place)
    if schema.has_v1_table(connection.db, tables):
        return V1Table(connection, tables)
    raise empty(connection.place)


def _opened(place: Place) -> Connection | None:
    """Open the file; `None` if SQLite lacks files beside it, and can't make them."""
    connection = Connection(place, "ro")
    try:
        connection.db.execute("PRAGMA temp_store = MEMORY")
        connection.db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if is_no_access(error) and _is_at_rest(place):
            return None
        raise
    return connection


@contextmanager
def _untouched(place: Place) -> Iterator[Connection]:
    """Read a WAL file without its -wal and -shm, as long as nobody opens it.

    Whoever writes makes them: if they are there afterwards, the answer is thrown away.
    """
    connection = Connection(place, "immutable")
    try:
        yield connection
    finally:
        connection.close()
    if not (connection.is_current() and _is_at_rest(place)):
        raise StorageBusyError(
            f"The database {place.given} was written while it was read.",
            hint="Try again.",
        )


def _is_at_rest(place: Place) -> bool:
    return not any(place.beside(suffix).exists() for suffix in SIDECARS)


def _old(place: Place) -> StorageError:
    return StorageUnavailableError(
        f"The database {place.given} has an old schema.",
        hint="The next process that writes measurements brings it up to date.",
    )
