"""Open the file read-only, and find out what can be asked there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_profiler.errors import (
    StorageBusyError,
    StorageError,
    StorageUnavailableError,
)
from flask_profiler.storage.sqlite import opened, schema
from flask_profiler.storage.sqlite.connection import SIDECARS, Connection
from flask_profiler.storage.sqlite.failures import empty
from flask_profiler.storage.sqlite.place import Place
from flask_profiler.storage.sqlite.pool import Seat
from flask_profiler.storage.sqlite.source import OurTables, Source
from flask_profiler.storage.sqlite.strangers import keep_off
from flask_profiler.storage.sqlite.tables import Tables
from flask_profiler.storage.sqlite.v1table import V1Table


class DisturbedError(StorageBusyError):
    """Somebody wrote while a file was read that seemed to be at rest."""


@contextmanager
def source(seat: Seat, place: Place, tables: Tables) -> Iterator[Source]:
    """Give what can be asked, as long as the block runs; one state of the file.

    `DisturbedError` means that what the block found must be thrown away.
    """
    if seat.reader is not None and not seat.reader.is_current():
        stale, seat.reader = seat.reader, None
        stale.close()
    if seat.reader is None and is_at_rest(place):
        with _untouched(place) as connection:
            yield source_in(connection, tables)
        return
    if seat.reader is None:
        keep_off(place)
        seat.reader = Connection(place, "ro")
    with seat.reader.snapshot():
        yield source_in(seat.reader, tables)


def source_in(connection: Connection, tables: Tables) -> Source:
    """Find out whether our tables are there, or the table of 1.x."""
    version = schema.version_of(connection.db, tables, connection.place)
    schema.check(version, connection.place)
    if version == schema.VERSION:
        connection.db.text_factory = str
        return OurTables(connection, tables)
    if version:
        raise _old(connection.place)
    if schema.has_v1_table(connection.db, tables):
        return V1Table(connection, tables)
    raise empty(connection.place)


@contextmanager
def _untouched(place: Place) -> Iterator[Connection]:
    """Read a WAL file without the files beside it, as long as nobody opens it.

    SQLite would make them, and leave them to whoever owns the database.
    """
    before = _state(place)
    connection = Connection(place, "immutable")
    try:
        yield connection
    finally:
        connection.close()
    if _state(place) != before or not is_at_rest(place):
        raise DisturbedError(
            f"The database {place.given} is written each time it is read.",
            hint="Try again.",
        )


def is_at_rest(place: Place) -> bool:
    """Tell whether a file is in WAL mode, and nobody has it open."""
    if any(place.beside(suffix).exists() for suffix in SIDECARS):
        return False
    try:
        return opened.header(place.path, 20)[18:] == _WAL
    except OSError:
        return False


_WAL = b"\2\2"
"""The format versions in the header (bytes 18 and 19) of a file in WAL mode."""


def _state(place: Place) -> tuple[int, int]:
    status = place.path.stat()
    return status.st_size, status.st_mtime_ns


def _old(place: Place) -> StorageError:
    return StorageUnavailableError(
        f"The database {place.given} has an old schema.",
        hint="The next process that writes measurements brings it up to date.",
    )
