"""One connection a thread and process, never used across a fork."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable

from flask_profiler.storage.sqlite.connection import Connection

FORK_PATIENCE = 2.0
"""Seconds that a fork waits for a question or a transaction to end."""


class Seat:
    """What one thread holds open. The lock is held while it is used."""

    __slots__ = ("__weakref__", "lock", "pid", "reader", "writer")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.pid = os.getpid()
        self.reader: Connection | None = None
        self.writer: Connection | None = None

    @property
    def in_transaction(self) -> bool:
        """Tell whether this thread is between BEGIN IMMEDIATE and COMMIT."""
        return self.writer is not None and self.writer.db.in_transaction

    def close(self) -> None:
        """Close what is open. Holds the lock, or is the last who knows the seat."""
        self.close_reader()
        writer, self.writer = self.writer, None
        self._drop(writer)

    def close_reader(self) -> None:
        """Close what was opened to read; the last one closed must be a writer's.

        It takes the WAL file into the database and deletes it.
        """
        reader, self.reader = self.reader, None
        self._drop(reader)

    def _drop(self, connection: Connection | None) -> None:
        if connection is None:
            return
        if self.pid == os.getpid():
            connection.close()
        else:
            _inherited.append(connection)

    def __del__(self) -> None:
        # A thread that ends drops its seat, and with it the file descriptors.
        self.close()


_inherited: list[Connection] = []
"""Connections of a parent process. Closing one would touch what the parent uses."""


class Pool:
    """The seats of all threads of this process."""

    def __init__(self) -> None:
        self._reset()
        _pools.add(self)

    def _reset(self) -> None:
        self._local = threading.local()
        self._seats: weakref.WeakSet[Seat] = weakref.WeakSet()
        self._opening = threading.Lock()
        self._held: list[Callable[[], None]] = []
        self._pid = os.getpid()

    def seat(self) -> Seat:
        """Give this thread's seat, a new one where there is none."""
        if self._pid != os.getpid():
            self._after_in_child()
        seat: Seat | None = getattr(self._local, "seat", None)
        if seat is None:
            with self._opening:
                self._local.seat = seat = Seat()
                self._seats.add(seat)
        return seat

    def close(self) -> None:
        """Close every connection that is not in use this moment."""
        for close in (Seat.close_reader, Seat.close):
            for seat in list(self._seats):
                if seat.lock.acquire(blocking=False):
                    try:
                        if not seat.in_transaction:
                            close(seat)
                    finally:
                        seat.lock.release()

    def before_fork(self) -> None:
        """Close everything, and keep others from opening it until the fork is done.

        SQLite keeps its locks for each process and file: a child that inherited an open
        file would believe that it holds the parent's locks.
        """
        if not self._opening.acquire(timeout=FORK_PATIENCE):
            return
        self._held.append(self._opening.release)
        for seat in list(self._seats):
            if seat.lock.acquire(timeout=FORK_PATIENCE):
                self._held.append(seat.lock.release)
                if not seat.in_transaction:
                    seat.close()

    def after_in_parent(self) -> None:
        """Let the others go on."""
        held, self._held = self._held, []
        for release in reversed(held):
            release()

    def _after_in_child(self) -> None:
        # Whatever could not be closed before the fork is neither used nor closed here.
        _inherited.extend(
            connection
            for seat in list(self._seats)
            for connection in (seat.reader, seat.writer)
            if connection is not None
        )
        self._reset()


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


def _before() -> None:
    for pool in list(_pools):
        pool.before_fork()


def _after_in_parent() -> None:
    for pool in list(_pools):
        pool.after_in_parent()


def _after_in_child() -> None:
    for pool in list(_pools):
        pool._after_in_child()  # noqa: SLF001 - the same module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child
    )
