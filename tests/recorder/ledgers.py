"""Stores that notice everything: what comes twice, and who asked what when."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from flask_profiler.errors import StorageBusyError
from flask_profiler.line.encode import encode
from flask_profiler.measurement import Measurement
from flask_profiler.query import EVERYTHING, NEWEST_FIRST, Filter, Page, Sort
from flask_profiler.recorder import Drainer
from flask_profiler.spool.writer import Writer
from flask_profiler.storage.base import Mark, Storage
from tests.lines import line

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (uid TEXT, name TEXT);
CREATE TABLE IF NOT EXISTS marks (segment TEXT PRIMARY KEY, drained INTEGER);
"""


class Ledger(Storage):
    """Transactional, and without any guard of its own: what comes twice is there twice.

    One at a time uses an object; each process and thread makes its own.
    """

    transactional = True

    def __init__(self, path: Path) -> None:
        super().__init__({})
        self.path = path
        self.open: sqlite3.Connection | None = None

    @property
    def location(self) -> str:
        return f"ledger:{self.path}"

    @contextmanager
    def transaction(self, *, wait: float = 0.0) -> Iterator[None]:
        db = sqlite3.connect(self.path, timeout=wait, isolation_level=None)
        with closing(db):
            try:
                db.executescript(_SCHEMA)
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                raise StorageBusyError(str(error)) from error
            self.open = db
            try:
                yield
                db.execute("COMMIT")
            finally:
                self.open = None

    @contextmanager
    def joined(self) -> Iterator[sqlite3.Connection]:
        """Use the transaction that is open, else one for this alone."""
        if self.open is not None:
            yield self.open
            return
        with Ledger.transaction(self, wait=5.0):
            assert self.open is not None
            yield self.open

    def insert_many(
        self, measurements: Sequence[Measurement], mark: Mark | None = None
    ) -> None:
        with self.joined() as db:
            rows = [(m.uid, m.name) for m in measurements]
            db.executemany("INSERT INTO rows VALUES (?, ?)", rows)
            if mark is not None:
                query = "INSERT OR REPLACE INTO marks VALUES (?, ?)"
                db.execute(query, (mark.segment, mark.offset))

    def mark(self, segment: str) -> int:
        with self.joined() as db:
            query = "SELECT drained FROM marks WHERE segment = ?"
            row = db.execute(query, (segment,)).fetchone()
        return int(row[0]) if row else 0

    def forget(self, segments: Iterable[str]) -> None:
        with self.joined() as db:
            query = "DELETE FROM marks WHERE segment = ?"
            db.executemany(query, [(segment,) for segment in segments])

    def marked(self) -> Iterator[str]:
        with self.joined() as db:
            return iter([row[0] for row in db.execute("SELECT segment FROM marks")])

    def names(self) -> list[str]:
        """Give what is stored, in order, each as often as it came."""
        with self.joined() as db:
            return [r[0] for r in db.execute("SELECT name FROM rows ORDER BY rowid")]

    def get(self, id_: str) -> Measurement | None:
        raise NotImplementedError

    def find(
        self, filter_: Filter, sort: Sort = NEWEST_FIRST, page: Page = EVERYTHING
    ) -> list[Measurement]:
        raise NotImplementedError

    def delete(self, filter_: Filter) -> int:
        raise NotImplementedError


class Plain(Ledger):
    """The same without transactions: the spool keeps the marks."""

    transactional = False

    @contextmanager
    def transaction(self, *, wait: float = 0.0) -> Iterator[None]:
        yield

    def mark(self, segment: str) -> int:
        raise NotImplementedError

    def forget(self, segments: Iterable[str]) -> None:
        raise NotImplementedError

    def marked(self) -> Iterator[str]:
        raise NotImplementedError


class Idempotent(Plain):
    """Without transactions, but a uid that is known is passed over."""

    def insert_many(
        self, measurements: Sequence[Measurement], mark: Mark | None = None
    ) -> None:
        with self.joined() as db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS uids ON rows (uid)")
            rows = [(m.uid, m.name) for m in measurements]
            db.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?)", rows)


class Overtaken(Ledger):
    """Somebody else comes first, once, while this one waits for its transaction."""

    def __init__(self, path: Path, action: Callable[[], object]) -> None:
        super().__init__(path)
        self.action: Callable[[], object] | None = action

    @contextmanager
    def transaction(self, *, wait: float = 0.0) -> Iterator[None]:
        first, self.action = self.action, None
        if first is not None:
            first()
        with super().transaction(wait=wait):
            yield


class Spool:
    """A spool folder, its writer, and who drains it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writer = Writer(folder, 50_000_000)

    def append(self, *names: str) -> None:
        for name in names:
            assert self.writer.append(encode(line(name)))

    def drain(self, storage: Storage) -> int:
        outcome = Drainer(self.folder, storage).run(seconds=20.0, wait=5.0)
        assert outcome.reason is None
        return outcome.drained

    def segments(self) -> list[Path]:
        return sorted(self.folder.glob("segment-*"))
