"""Who may read and write now: connections, transactions, and the file's identity."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from flask_profiler.errors import StorageBusyError, StorageError
from flask_profiler.storage.sqlite import reading, schema
from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.creation import create_file, let_write, sweep
from flask_profiler.storage.sqlite.failures import empty, is_lasting, translated
from flask_profiler.storage.sqlite.opened import identity_of
from flask_profiler.storage.sqlite.place import Place
from flask_profiler.storage.sqlite.pool import Pool, Seat
from flask_profiler.storage.sqlite.source import OurTables, Source
from flask_profiler.storage.sqlite.strangers import keep_off
from flask_profiler.storage.sqlite.tables import Tables

Answer = TypeVar("Answer")

_TRIES = 5
"""How often a question is asked again if the file is written meanwhile."""

_PAUSE = 0.01
"""Seconds between two tries of a writer that was asked to wait."""


class Session:
    """Give connections to the engine's methods, each for one question or transaction.

    Any thread.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.tables = Tables(place.table)
        self._pool = Pool()

    @contextmanager
    def holding(
        self, *, wait: float = 0.0, create: bool = True
    ) -> Iterator[Connection]:
        """Run the block in a write transaction, its own or the one it stands in.

        What the block raises passes unchanged.
        """
        seat = self._pool.seat()
        with seat.lock:
            if seat.writer is not None and seat.in_transaction:
                yield seat.writer
                return
            connection = self._begin(seat, wait, create=create)
            error: BaseException | None = None
            try:
                yield connection
                self._commit(connection, seat)
            except BaseException as raised:
                error = raised
                raise
            finally:
                if seat.pid == os.getpid():
                    with translated(self.place):
                        _ended(seat, connection, error)

    @contextmanager
    def writing(
        self, *, wait: float = 0.0, create: bool = True
    ) -> Iterator[Connection]:
        """Do the same for a block of ours, and say what its failures mean."""
        with (
            self.holding(wait=wait, create=create) as connection,
            translated(self.place),
        ):
            yield connection

    def ask(self, question: Callable[[Source], Answer]) -> Answer:
        """Answer a question out of one state of the file."""
        for _ in range(_TRIES - 1):
            with suppress(reading.DisturbedError), self.reading() as source:
                return question(source)
        with self.reading() as source:
            return question(source)

    @contextmanager
    def reading(self) -> Iterator[Source]:
        """Run the block on one state of the file; it may be `DisturbedError`."""
        seat = self._pool.seat()
        with seat.lock, translated(self.place):
            if seat.writer is not None and seat.in_transaction:
                yield OurTables(seat.writer, self.tables)
                return
            with reading.source(seat, self.place, self.tables) as source:
                yield source

    def close(self) -> None:
        """Close what is not in use this moment."""
        self._pool.close()

    def _begin(self, seat: Seat, wait: float, *, create: bool) -> Connection:
        deadline = time.monotonic() + wait
        while True:
            try:
                with translated(self.place):
                    return self._try_to_begin(seat, create=create)
            except StorageBusyError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_PAUSE)

    def _try_to_begin(self, seat: Seat, *, create: bool) -> Connection:
        if seat.writer is not None and not seat.writer.is_current():
            with suppress(OSError):
                sweep(seat.writer)
            stale, seat.writer = seat.writer, None
            stale.close()
        if seat.writer is None:
            seat.writer = self._open(create=create)
        seat.writer.db.execute("BEGIN IMMEDIATE")
        try:
            self._check(seat.writer, create=create)
            seat.writer.remember_sidecars()
        except BaseException:
            seat.writer.rollback()
            raise
        return seat.writer

    def _check(self, connection: Connection, *, create: bool) -> None:
        if not connection.is_current():
            raise self._replaced()
        version = schema.version_of(connection.db, self.tables, self.place)
        schema.check(version, self.place)
        if not version and not create:
            raise empty(self.place)
        if version < schema.VERSION:
            schema.migrate(connection.db, self.tables, self.place)

    def _commit(self, connection: Connection, seat: Seat) -> None:
        if seat.pid != os.getpid():
            raise StorageError(
                "A transaction can't be ended on the other side of a fork."
            )
        if not connection.is_current():
            raise self._replaced()
        with translated(self.place):
            connection.db.execute("COMMIT")

    def _open(self, *, create: bool) -> Connection:
        if create and identity_of(self.place.path) is None:
            create_file(self.place)
        keep_off(self.place)
        let_write(self.place)
        connection = Connection(self.place, "rw")
        try:
            if not create:
                self._check(connection, create=False)
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _replaced(self) -> StorageBusyError:
        return StorageBusyError(
            f"The database {self.place.given} was deleted or replaced this moment.",
            hint="Try again.",
        )


def _ended(seat: Seat, connection: Connection, error: BaseException | None) -> None:
    connection.rollback()
    if is_lasting(error):
        # What SQLite opened while it was read-only stays so for ever.
        seat.close()


def _prepare(connection: Connection) -> None:
    db = connection.db
    if db.execute("PRAGMA page_count").fetchone()[0] == 0:
        # Only now: it decides how the file is laid out.
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("PRAGMA cache_size = -8000")
