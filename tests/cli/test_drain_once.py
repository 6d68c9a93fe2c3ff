"""`flask profiler drain`: moves what waits, or says why it stays."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from spooling import spooled
from statuses import ask, told
from test_status import Own

from flask_profiler.cli import draining
from flask_profiler.measurement import Measurement
from flask_profiler.query import Filter
from flask_profiler.spool import segment
from flask_profiler.storage.base import Mark
from flask_profiler.storage.registry import open_url

SPOOL = Path("shop.sql.spool")


def stored(path: str = "shop.sql") -> int:
    storage = open_url(path)
    count = storage.count(Filter())
    storage.close()
    return count


@pytest.mark.parametrize("args", ["", "--db shop.sql"])
def test_what_waits_is_moved_and_counted(args: str) -> None:
    writer = spooled(SPOOL, 1204, age=60)
    first = ask("drain", *args.split())
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout == "1,204 measurements drained.\n"
    assert stored() == 1204
    second = ask("drain", *args.split())
    assert (second.exit_code, second.stdout) == (0, "Nothing to drain.\n")
    writer.close()


def test_files_of_processes_that_died_are_retired() -> None:
    for _ in range(3):
        spooled(SPOOL).close()
    living = spooled(SPOOL)
    assert len(segment.listed(SPOOL)) == 4
    assert ask("drain").stdout == "4 measurements drained.\n"
    assert len(segment.listed(SPOOL)) == 1
    living.close()


def test_quiet_says_nothing_and_json_says_it_in_json() -> None:
    spooled(SPOOL, 2).close()
    assert ask("drain", "--quiet").output == ""
    spooled(SPOOL, 3).close()
    result = ask("drain", "--json")
    assert json.loads(result.stdout) == {
        "format": 1,
        "drained": 3,
        "waiting": 0,
        "reason": None,
        "hint": None,
    }


@pytest.mark.parametrize("other", ["--watch", "--quiet"])
def test_json_goes_with_neither_watch_nor_quiet(other: str) -> None:
    result = ask("drain", "--json", other)
    assert result.exit_code == 2
    assert result.stderr == f"Error: --json and {other} can't go together.\n"


def test_where_nothing_waits_nothing_is_made(tmp_path: Path) -> None:
    assert ask("drain").stdout == "Nothing to drain.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_name_with_neither_store_nor_spool_is_a_failure() -> None:
    result = ask("drain", "--db", "nowhere.sql")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: There is no database at nowhere.sql.\n")
    spooled(Path("nowhere.sql.spool")).close()
    assert ask("drain", "--db", "nowhere.sql").exit_code == 0
    assert stored("nowhere.sql") == 1


def test_what_has_to_stay_is_counted_and_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(draining, "_PATIENCE", 0.2)
    spooled(SPOOL, 1).close()
    ask("drain")
    spooled(SPOOL, 5).close()
    with closing(sqlite3.connect("shop.sql", isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        result = ask("drain")
        assert json.loads(ask("drain", "--json").stdout)["waiting"] == 5
    assert (result.exit_code, result.stdout) == (1, "Nothing drained.\n")
    assert result.stderr.startswith(
        "5 measurements still wait in the spool: "
        "The database shop.sql is locked by somebody else.\nHint: "
    )
    assert ask("drain").exit_code == 0
    assert stored() == 6


def test_a_cure_fits_how_the_store_was_named(tmp_path: Path) -> None:
    spooled(SPOOL).close()
    (tmp_path / "shop.sql").mkdir()
    result = ask("drain", "--db", "shop.sql")
    assert result.exit_code == 1
    assert "Hint: Give --db the path of a file.\n" in result.stderr


class Broken(Own):
    """An engine that fails in a way of its own."""

    transactional = True

    def mark(self, segment: str) -> int:
        raise LookupError("no route to host")

    def insert_many(
        self, measurements: list[Measurement], mark: Mark | None = None
    ) -> None:
        raise AssertionError


def test_an_engine_that_fails_in_a_way_of_its_own_is_told() -> None:
    spooled(SPOOL, 2).close()
    storage = {"engine": f"{__name__}.Broken", "SPOOL": str(SPOOL)}
    result = ask("drain", storage=storage)
    assert result.exit_code == 1
    assert "2 measurements still wait in the spool" in result.stderr
    assert "LookupError: no route to host." in result.stderr


def test_rows_of_1x_are_copied_as_well(tmp_path: Path) -> None:
    columns = "startedAt REAL, endedAt REAL, elapsed REAL, args TEXT, kwargs TEXT"
    with closing(sqlite3.connect(tmp_path / "shop.sql")) as db, db:
        db.execute(
            "CREATE TABLE measurements (ID Integer PRIMARY KEY AUTOINCREMENT,"
            f" {columns}, method TEXT, context TEXT, name TEXT)"
        )
        rows = [(1.5e9 + n, 0.1, "GET", "/old") for n in range(1500)]
        db.executemany(
            "INSERT INTO measurements (startedAt, elapsed, method, name)"
            " VALUES (?, ?, ?, ?)",
            rows,
        )
    assert ask("drain").stdout == "Nothing to drain.\n"
    assert told()["store"]["routes"] is None
    spooled(SPOOL).close()
    assert ask("drain").stdout == "1 measurement drained.\n"
    assert told()["store"]["count"] == 1501
