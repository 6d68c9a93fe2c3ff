"""Open the file read-only, and find out what can be asked there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_profiler.errors import StorageError, StorageMissingError
from flask_profiler.storage.sqlite import schema
from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.place import Place
from flask_profiler.storage.sqlite.pool import Seat
from flask_profiler.storage.sqlite.source import OurTables, Source
from flask_profiler.storage.sqlite.tables import Tables


@contextmanager
def source(seat: Seat, place: Place, tables: Tables) -> Iterator[Source]:
    """Give what can be asked, as long as the block runs."""
    if seat.reader is not None and not seat.reader.is_current():
        stale, seat.reader = seat.reader, None
        stale.close()
    if seat.reader is None:
        seat.reader = Connection(place, "ro")
        seat.reader.db.execute("PRAGMA temp_store = MEMORY")
    with seat.reader.snapshot():
        yield _source_in(seat.reader, tables)


def _source_in(connection: Connection, tables: Tables) -> Source:
    version = schema.version_of(connection.db, tables)
    schema.check(version, connection.place)
    if version == schema.VERSION:
        return OurTables(connection, tables)
    if version:
        raise _old(connection.place)
    raise _empty(connection.place, tables)


def _old(place: Place) -> StorageError:
    return StorageMissingError(
        f"The database {place.given} has an old schema.",
        hint="The next process that writes measurements brings it up to date.",
    )


def _empty(place: Place, tables: Tables) -> StorageError:
    return StorageMissingError(
        f"The database {place.given} has no measurements under {tables.prefix!r}.",
        hint="They come with the first measurement; look at storage.TABLE.",
    )
