"""One open connection to the file, and whether the file is still the same."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Literal, TypeAlias
from urllib.parse import quote

from flask_profiler.matching import holds
from flask_profiler.storage.sqlite import opened, values
from flask_profiler.storage.sqlite.failures import missing
from flask_profiler.storage.sqlite.opened import Identity, identity_of
from flask_profiler.storage.sqlite.place import Place

Mode: TypeAlias = Literal["ro", "rw", "immutable"]

SIDECARS = ("-wal", "-shm")

READER_PATIENCE = 2.0
"""Seconds that a reader waits for a file in rollback mode (1.x) that is written to."""


class Connection:
    """An open file, and what is remembered about it as long as it is the same file."""

    __slots__ = (
        "_noted",
        "_used",
        "db",
        "hosts",
        "identity",
        "place",
        "routes",
        "sidecars",
    )

    def __init__(self, place: Place, mode: Mode) -> None:
        self.place = place
        before = identity_of(place.path)
        if before is None:
            raise missing(place)
        self.identity = before
        self._noted = mode != "immutable"
        with opened.opening(before) if self._noted else nullcontext():
            self.db = _connect(place, mode)
        self._used = False
        self.sidecars: dict[str, Identity | None] = dict.fromkeys(SIDECARS)
        self.routes: dict[tuple[str, str, str | None], int] = {}
        self.hosts: dict[str, int] = {}

    def is_current(self) -> bool:
        """Tell whether the path still names the file that is open, with what was in it.

        In use a file is never empty: whoever cut it to nothing wants it begun anew.
        """
        try:
            found = self.place.path.stat()
        except FileNotFoundError:
            return False
        same = (found.st_dev, found.st_ino) == self.identity
        return same and (found.st_size > 0 or not self._used)

    def remember_sidecars(self) -> None:
        """Note which -wal and -shm belong to it; they come with its first use.

        Called inside a transaction.
        """
        self._used = True
        if None in self.sidecars.values():
            self.sidecars = {s: identity_of(self.place.beside(s)) for s in SIDECARS}

    def forget(self) -> None:
        """Drop what was remembered of rows that a rollback has taken back."""
        self.routes.clear()
        self.hosts.clear()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Read one state of the file with several questions."""
        self.db.execute("BEGIN")
        try:
            yield self.db
        finally:
            self.rollback()

    def rollback(self) -> None:
        """End the transaction, if SQLite has not ended it by itself."""
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
            self.forget()

    def close(self) -> None:
        """Close the file. SQLite leaves its -wal alone if the file is another now."""
        self.db.close()
        if self._noted:
            self._noted = False
            opened.closed(self.identity)


def _connect(place: Place, mode: Mode) -> sqlite3.Connection:
    how = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    db = sqlite3.connect(
        f"file:{quote(os.fsencode(place.path))}?{how}",
        uri=True,
        timeout=0 if mode == "rw" else READER_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
    db.create_function("fp_holds", 3, _holds, deterministic=True)
    return db


def _holds(text: str | None, key: str, wanted: str) -> bool:
    return holds(values.mapping(text), key, wanted)
