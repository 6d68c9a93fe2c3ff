"""What `flask profiler status` says of a store and a spool, and that it only looks."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from population import NOW_US
from rich.cells import cell_len
from spooling import spooled
from statuses import ask, told
from terminal import Terminal

from flask_profiler.measurement import Measurement
from flask_profiler.query import EVERYTHING, NEWEST_FIRST, Filter, Page, Sort
from flask_profiler.spool import counters, rejected
from flask_profiler.spool.counters import Counts
from flask_profiler.storage.base import Mark, Storage
from flask_profiler.storage.registry import open_url


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_store_tells_what_it_holds_and_from_when(store: Path) -> None:
    answer = told()
    newest = open_url(str(store)).find(Filter(), NEWEST_FIRST, Page(limit=1))[0]
    assert answer["format"] == 1
    assert answer["application"] == "shop"
    assert answer["store"] == {
        "engine": "sqlite",
        "place": "shop.sql",
        "readable": True,
        "count": 872,
        "routes": 7,
        "oldestStartedAt": answer["store"]["oldestStartedAt"],
        "newestStartedAt": newest.started_us / 1e6,
        "databaseBytes": store.stat().st_size,
        "logBytes": 0,
    }
    assert answer["draining"] == {"by": "workers", "state": "nothing waits"}
    assert answer["spool"]["waiting"] == 0


def test_a_route_without_a_measurement_is_none(store: Path) -> None:
    storage = open_url(str(store))
    assert storage.delete(Filter(names=("/health",))) == 90
    storage.close()
    assert told()["store"]["routes"] == 6


def test_looking_changes_drains_and_makes_nothing(store: Path) -> None:
    writer = spooled(Path("shop.sql.spool"), 20)
    before = everything_in(store.parent)
    for args in ("", "--json", "--db shop.sql"):
        result = ask("status", *args.split())
        assert result.exit_code == 0
        assert "20" in result.stdout
    assert everything_in(store.parent) == before
    writer.close()


@pytest.mark.parametrize("enabled", [True, False])
def test_an_application_without_a_store_yet_is_well(
    enabled: bool, tmp_path: Path
) -> None:
    result = ask("status", enabled=enabled)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "nothing yet: the first measurement makes the store" in result.stdout
    assert told(enabled=enabled)["store"]["count"] is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_switched_on_is_told_under_the_names_of_the_configuration() -> None:
    answer = told(
        enabled=True,
        ignore=["^/static/"],
        sampling_function=every_second,
        capture={"headers": False, "unread": True, "max_body": 10},
        spool={"drain": False, "interval": 0.5, "max_bytes": 70_000},
        redact=["iban"],
        unmatched=True,
        verbose=True,
        version="1.2",
        retention={},
        authorize=every_second,
        endpointRoot="x",
        basicAuth={"enabled": False},
    )
    assert answer["settings"] == {
        "enabled": True,
        "sampling_function": f"{__name__}.every_second",
        "ignore": ["^/static/"],
        "unmatched": True,
        "capture": {
            "headers": False,
            "form": True,
            "body": True,
            "unread": True,
            "max_body": 10,
        },
        "redact": ["iban"],
        "spool": {"drain": False, "interval": 0.5, "max_bytes": 70_000},
        "verbose": True,
        "reserved": ["basicAuth", "endpointRoot", "authorize", "retention", "version"],
    }
    assert answer["draining"]["by"] == "others"


def every_second() -> bool:
    return True


def test_the_settings_are_told_in_words_too() -> None:
    text = ask("status", capture={"headers": False, "form": False, "body": False},
               version="1", sampling_function=every_second).stdout  # fmt: skip
    for said in (
        "off (enabled is False)",
        "no headers, forms, bodies",
        f"by {__name__}.every_second",
        "version: no effect yet",
        "bodies left alone",
    ):
        assert said in text
    assert "on, unmatched requests too" in ask(
        "status", enabled=True, unmatched=True
    ).stdout  # fmt: skip


@pytest.mark.usefixtures("store")
def test_without_an_application_settings_and_limits_are_not_known() -> None:
    answer = told("--db", "shop.sql")
    assert answer["application"] is None
    assert answer["settings"] is None
    assert answer["draining"] == {"by": None, "state": "nothing waits"}
    text = ask("status", "--db", "shop.sql").stdout
    assert "not known: no application was loaded" in text
    assert "the limit is not known" in text


def test_a_file_of_1x_tells_what_its_index_knows(tmp_path: Path) -> None:
    path = tmp_path / "old.sql"
    columns = "startedAt REAL, endedAt REAL, elapsed REAL, args TEXT, kwargs TEXT"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TABLE measurements (ID Integer PRIMARY KEY AUTOINCREMENT,"
            f" {columns}, method TEXT, context TEXT, name TEXT)"
        )
        rows = [(1.5e9,), (1.6e9,), ("broken",), (None,)]
        db.executemany("INSERT INTO measurements (startedAt) VALUES (?)", rows)
    before = path.read_bytes()
    store = told("--db", "old.sql")["store"]
    assert (store["count"], store["routes"]) == (4, None)
    assert (store["oldestStartedAt"], store["newestStartedAt"]) == (1.5e9, 1.6e9)
    assert "4 measurements\n" in ask("status", "--db", "old.sql").stdout
    assert path.read_bytes() == before


class Own(Storage):
    """An engine with the four methods alone."""

    def insert_many(self, measurements: object, mark: Mark | None = None) -> None:
        raise NotImplementedError

    def get(self, id_: str) -> None:
        raise NotImplementedError

    def find(
        self, filter_: Filter, sort: Sort = NEWEST_FIRST, page: Page = EVERYTHING
    ) -> list[Measurement]:
        if self.options.get("down"):
            raise ConnectionError("no route to host")
        assert page.limit == 1
        one = {"uid": "0" * 24, "method": "GET", "name": "/"}
        return [Measurement(started_us=NOW_US, elapsed_us=1, **one)]

    def delete(self, filter_: Filter) -> int:
        raise NotImplementedError


class Old:
    """An engine written for 1.x, which ignores what it is asked for."""

    def __init__(self, config: dict[str, object]) -> None:
        self.rows: list[object] = []

    def insert(self, row: object) -> None:
        raise NotImplementedError

    def filter(self, criteria: dict[str, object]) -> list[object]:
        assert criteria["limit"] == 1
        return self.rows


@pytest.mark.parametrize("engine", ["Own", "Old"])
def test_an_engine_without_such_facts_says_what_is_not_known(engine: str) -> None:
    storage = {"engine": f"{__name__}.{engine}"}
    answer = told(storage=storage)
    store = answer["store"]
    assert store["readable"]
    assert store["engine"] == f"{__name__}.{engine}"
    assert [store[key] for key in ("place", "count", "routes")] == [None] * 3
    assert store["newestStartedAt"] == (NOW_US / 1e6 if engine == "Own" else None)
    text = ask("status", storage=storage).stdout
    assert "this engine can't count without reading everything" in text


def test_an_engine_that_fails_is_a_problem_in_its_own_words() -> None:
    answer = told(storage={"engine": f"{__name__}.Own", "down": True})
    [problem] = answer["problems"]
    assert problem["code"] == "store-unavailable"
    assert problem["message"] == "ConnectionError: no route to host"


@pytest.mark.usefixtures("store")
def test_every_format_is_there_and_says_the_same() -> None:
    answer = told()
    nd = ask("status", "--format", "ndjson").stdout
    assert json.loads(nd) == answer
    assert nd.count("\n") == 1
    [row] = csv.DictReader(io.StringIO(ask("status", "--format", "csv").stdout))
    assert row["store.count"] == "872"
    assert row["settings.spool.drain"] == "true"
    assert row["losses.dropped.fresh"] == "0"
    table = ask("status", "--format", "table", "--no-headers").stdout
    assert table.startswith("engine ")


@pytest.mark.parametrize("columns", [80, 130])
@pytest.mark.usefixtures("store")
def test_a_terminal_shows_all_of_it_within_its_width(
    columns: int, terminal: Terminal
) -> None:
    folder = Path("shop.sql.spool")
    spooled(folder, 3, age=5).close()
    counters.add(folder, Counts(dropped=2, rejected=1))
    rejected.keep(folder, "RefusedError: too long " + "x" * 90, b"{}")
    shown = terminal.type("profiler", "status", "--db", "shop.sql", columns=columns)
    text = "\n".join(shown.lines)
    assert shown.code == 1
    assert max(map(cell_len, shown.lines)) <= columns
    assert shown.lines[0] == "sqlite:shop.sql · 2 problems"
    assert b"\x1b[1;31m" in shown.raw
    for said in ("872 measurements in 7 routes", "3 measurements", "Problem   2"):
        assert said in text
    joined = "".join(line[10:] for line in shown.lines)
    assert "x" * 90 in joined
