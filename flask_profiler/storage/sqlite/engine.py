"""The embedded engine: one SQLite file, any number of threads and processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask_profiler.measurement import Measurement
from flask_profiler.query import (
    EVERYTHING,
    NEWEST_FIRST,
    Dimension,
    Filter,
    Page,
    Sort,
)
from flask_profiler.results import Extent, Facts, Group
from flask_profiler.storage.base import Mark, Storage
from flask_profiler.storage.sqlite import deletion, importer, marks, questions
from flask_profiler.storage.sqlite.aggregate import aggregate
from flask_profiler.storage.sqlite.insertion import insert
from flask_profiler.storage.sqlite.place import DEFAULT_TABLE, Place, size_of
from flask_profiler.storage.sqlite.session import Session


class SQLite(Storage):
    """Keep measurements in an SQLite file (`FILE`), in tables that begin with `TABLE`.

    Each thread has its own connections. Only `insert_many` and `transaction` create the
    file; whoever reads opens it read-only.
    """

    transactional = True

    def __init__(self, options: Mapping[str, object]) -> None:
        super().__init__(options)
        self._place = Place.from_options(options)
        self._session = Session(self._place)

    @property
    def location(self) -> str:
        """Give `sqlite:` and the path as it was written."""
        return f"sqlite:{self._place.given}"

    def default_spool(self) -> Path:
        """Give the folder beside the file; stores in one file have each their own."""
        table = self._place.table
        own = "" if table == DEFAULT_TABLE else f".{table}"
        return self._place.beside(f"{own}.spool")

    def insert_many(
        self, measurements: Sequence[Measurement], mark: Mark | None = None
    ) -> None:
        """Store all or nothing; inside `transaction`, what was before it stays."""
        with self._session.writing() as connection:
            insert(connection, self._session.tables, measurements, mark)

    def get(self, id_: str) -> Measurement | None:
        """Find one measurement by its number."""
        if not (id_.isascii() and id_.isdecimal() and len(id_) <= 18):
            return None
        return self._session.ask(lambda source: questions.get(source, int(id_)))

    def find(
        self, filter_: Filter, sort: Sort = NEWEST_FIRST, page: Page = EVERYTHING
    ) -> list[Measurement]:
        """Find measurements, in order."""
        return self._session.ask(
            lambda source: questions.find(source, filter_, sort, page)
        )

    def delete(self, filter_: Filter) -> int:
        """Delete in steps, so that others can write in between."""
        return deletion.delete(self._session, filter_)

    def aggregate(self, filter_: Filter, by: tuple[Dimension, ...]) -> list[Group]:
        """Group inside the database."""
        return self._session.ask(lambda source: aggregate(source, filter_, by))

    def count(self, filter_: Filter) -> int:
        """Count inside the database."""
        return self._session.ask(lambda source: questions.count(source, filter_))

    def extent(self) -> Extent:
        """Ask the index of starts for its ends."""
        return self._session.ask(questions.extent)

    def facts(self) -> Facts:
        """Ask the indexes, and look at the files."""
        known = self._session.ask(lambda source: source.facts())
        return replace(
            known,
            database=size_of(self._place.path),
            log=size_of(self._place.beside("-wal")),
        )

    @contextmanager
    def transaction(self, *, wait: float = 0.0) -> Iterator[None]:
        """Hold the file's write lock; one inside another is part of it."""
        with self._session.holding(wait=wait):
            yield

    def mark(self, segment: str) -> int:
        """Tell how far a segment has been drained; reads inside `transaction`."""
        return self._session.ask(lambda source: marks.drained(source, segment))

    def forget(self, segments: Iterable[str]) -> None:
        """Delete marks; a store that isn't there has none to delete."""
        with self._session.writing(create=False) as connection:
            marks.forget(connection, self._session.tables, segments)

    def marked(self) -> Iterator[str]:
        """Name the segments that have a mark."""
        return iter(self._session.ask(marks.marked))

    def upkeep(self) -> bool:
        """Copy some rows of 1.x, if the file has any that are not here yet."""
        return importer.step(self._session)

    def close(self) -> None:
        """Close the connections of all threads that are not using theirs."""
        self._session.close()
