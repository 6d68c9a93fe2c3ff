"""What a drainer that stays says, and when: the clock is not the real one here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from spooling import spooled
from test_status import Own

from flask_profiler.cli.source import Source
from flask_profiler.cli.watch import Watch
from flask_profiler.config import Config, SpoolConfig
from flask_profiler.storage.base import Storage
from flask_profiler.storage.sqlite.engine import SQLite

SPOOL = Path("shop.sql.spool").absolute
SECOND = 1_000_000_000


class Hours:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def storage() -> Iterator[Storage]:
    storage = SQLite({"FILE": "shop.sql"})
    yield storage
    storage.close()


def watching(storage: Storage, hours: Hours, *, quiet: bool = False) -> Watch:
    source = Source(storage, spool=SPOOL(), named=True)
    return Watch(source, quiet=quiet, tick=hours)


def rounds(watch: Watch, hours: Hours, count: int) -> None:
    """Let a round pass each second."""
    for _ in range(count):
        watch.round()
        hours.now += SECOND


def test_there_is_a_line_a_minute_at_most(
    storage: Storage, hours: Hours, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = watching(storage, hours)
    for _ in range(3):
        spooled(SPOOL(), 2).close()
        rounds(watch, hours, 59)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "2026-11-22 15:03:45  4 measurements drained.",
        "2026-11-22 15:03:45  2 measurements drained.",
    ]
    rounds(watch, hours, 200)
    assert capsys.readouterr().out == ""


def test_quiet_leaves_out_what_goes_well(
    storage: Storage, hours: Hours, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = watching(storage, hours, quiet=True)
    spooled(SPOOL(), 2).close()
    rounds(watch, hours, 100)
    watch.end()
    watch.run()
    assert capsys.readouterr() == ("", "")
    assert storage.facts().count == 2


def test_a_storage_that_is_down_is_told_once_and_so_is_its_return(
    storage: Storage, hours: Hours, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = watching(storage, hours, quiet=True)
    spooled(SPOOL(), 2).close()
    Path("shop.sql").mkdir()
    rounds(watch, hours, 200)
    assert capsys.readouterr().err == (
        "Measurements can't be stored now, and wait in shop.sql.spool: "
        "The database shop.sql is a directory.\n"
        "Hint: Give --db the path of a file.\n"
    )
    Path("shop.sql").rmdir()
    rounds(watch, hours, 200)
    assert capsys.readouterr().err == "Measurements can be stored again.\n"
    assert storage.facts().count == 2


def test_a_storage_that_is_busy_is_told_after_a_minute(
    storage: Storage, hours: Hours, capsys: pytest.CaptureFixture[str]
) -> None:
    storage.insert_many([])
    watch = watching(storage, hours)
    spooled(SPOOL(), 2).close()
    with closing(sqlite3.connect("shop.sql", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        rounds(watch, hours, 60)
        assert capsys.readouterr().err == ""
        rounds(watch, hours, 60)
    assert capsys.readouterr().err.count("is locked by somebody else") == 1


class Moody(Own):
    """An engine that raises what nobody expects, until it is well."""

    transactional = True
    well = False

    def transaction(self, *, wait: float = 0.0) -> object:
        if not self.well:
            raise LookupError("no such thing")
        return super().transaction(wait=wait)

    def mark(self, segment: str) -> int:
        return 0

    def marked(self) -> Iterator[str]:
        return iter(())

    def forget(self, segments: object) -> None:
        pass

    def insert_many(self, measurements: object, mark: object = None) -> None:
        pass


def test_an_engine_that_fails_in_a_way_of_its_own_is_tried_again(
    hours: Hours, capsys: pytest.CaptureFixture[str]
) -> None:
    storage = Moody({})
    watch = watching(storage, hours)
    spooled(SPOOL(), 2).close()
    rounds(watch, hours, 5)
    assert capsys.readouterr().err.count("LookupError: no such thing.") == 1
    storage.well = True
    rounds(watch, hours, 61)
    said = capsys.readouterr()
    assert said.err == "Measurements can be stored again.\n"
    assert "2 measurements drained." in said.out


def test_the_pause_is_that_of_the_application(storage: Storage, hours: Hours) -> None:
    config = Config(spool=SpoolConfig(interval=7.0))
    source = Source(storage, spool=SPOOL(), config=config)
    assert Watch(source, quiet=True, tick=hours).interval == 7.0
    assert watching(storage, hours).interval == 0.25
