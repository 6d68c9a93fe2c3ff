"""Each thing that can be wrong has its name, its cure and the exit code 1."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from spooling import spooled
from statuses import ask, codes, told

from flask_profiler.spool import counters, rejected
from flask_profiler.spool.counters import Counts
from flask_profiler.storage.sqlite.engine import SQLite

SPOOL = Path("shop.sql.spool")


def later_schema(path: Path) -> None:
    storage = SQLite({"FILE": str(path)})
    storage.insert_many([])
    storage.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE measurements_meta SET value = 99 WHERE key = 'schema'")


def no_database(path: Path) -> None:
    path.write_text("a text, and no database" * 100)


def damaged(path: Path) -> None:
    later_schema(path)
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(data)


UNFIT: dict[Callable[[Path], None], str] = {
    later_schema: "Upgrade flask-profiler, or give storage.FILE another path.",
    no_database: (
        "Give storage.FILE another path; nothing has been written to this one."
    ),
    damaged: (
        "Move it away with its -wal and -shm files; `sqlite3 FILE .recover` may help."
    ),
}


@pytest.mark.parametrize("spoil", UNFIT, ids=lambda spoil: spoil.__name__)
def test_a_store_that_cannot_be_read_is_a_problem_and_left_alone(
    spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "shop.sql"
    spoil(path)
    before = path.read_bytes()
    spooled(SPOOL, 2).close()
    answer = told()
    [problem] = answer["problems"]
    assert (problem["code"], problem["cure"]) == ("store-unavailable", UNFIT[spoil])
    assert answer["store"]["readable"] is False
    assert answer["spool"]["waiting"] == 2
    assert "holds        not known" in ask("status").stdout
    assert told("--db", "shop.sql")["problems"][0]["cure"] == UNFIT[spoil].replace(
        "storage.FILE", "--db"
    )
    assert path.read_bytes() == before


def test_nothing_behind_a_name_is_a_problem() -> None:
    [problem] = told("--db", "nowhere.sql")["problems"]
    assert problem["code"] == "store-missing"
    assert problem["message"] == "There is no database at nowhere.sql."
    assert not Path("nowhere.sql").exists()


@pytest.mark.parametrize("enabled", [True, False])
def test_no_folder_for_a_store_is_a_problem(enabled: bool) -> None:
    storage = {"FILE": "no/such/shop.sql"}
    [problem] = told(storage=storage, enabled=enabled)["problems"]
    assert problem["code"] == "store-missing"
    assert "There is no folder" in problem["message"]
    assert problem["cure"].startswith("Create the folder")


def test_a_spool_that_can_have_no_folder_is_a_problem() -> None:
    storage = {"FILE": "shop.sql", "SPOOL": "/nowhere/at/all"}
    [problem] = told(storage=storage, enabled=True)["problems"]
    assert problem["code"] == "spool-unusable"
    assert "Create the folder /nowhere/at" in problem["cure"]
    assert codes(storage=storage, enabled=False) == []


def test_a_spool_that_others_may_write_to_is_a_problem() -> None:
    SPOOL.mkdir()
    SPOOL.chmod(0o777)
    answer = told()
    [problem] = answer["problems"]
    assert problem["code"] == "spool-unusable"
    assert problem["cure"].startswith("Close it with: chmod 700")
    assert answer["draining"]["state"] == "unknown"
    assert answer["spool"]["waiting"] is None
    assert "not known" in ask("status").stdout


def test_a_file_in_the_place_of_the_spool_is_a_problem() -> None:
    SPOOL.write_text("")
    SPOOL.chmod(0o600)
    [problem] = told()["problems"]
    assert problem["code"] == "spool-unusable"
    assert "is not a directory" in problem["message"]


@pytest.mark.parametrize("drain", [True, False])
@pytest.mark.usefixtures("store")
def test_old_lines_that_nobody_drains_are_a_problem(drain: bool) -> None:
    writer = spooled(SPOOL, 3, age=90)
    answer = told(spool={"drain": drain})
    [problem] = answer["problems"]
    assert problem["code"] == "draining-stalled"
    assert problem["message"] == (
        "Nobody drains the spool: 3 measurements wait, for up to 1m30s."
    )
    assert ("drain --watch" in problem["cure"]) is not drain
    assert answer["draining"]["state"] == "stalled"
    assert (answer["spool"]["waiting"], answer["spool"]["writers"]) == (3, 1)
    writer.close()
    assert ask("drain").exit_code == 0
    assert codes() == []


@pytest.mark.usefixtures("store")
def test_young_lines_are_no_problem() -> None:
    spooled(SPOOL, 3, age=9).close()
    answer = told()
    assert (answer["ok"], answer["draining"]["state"]) == (True, "recent")
    assert "what waits is young" in ask("status").stdout


@pytest.mark.usefixtures("store")
def test_lines_are_old_only_after_several_pauses_of_the_drainers() -> None:
    spooled(SPOOL, 3, age=100).close()
    assert codes(spool={"interval": 30}) == []


@pytest.mark.usefixtures("store")
def test_a_spool_near_its_limit_is_a_problem() -> None:
    writer = spooled(SPOOL, 600)
    waiting = told()["spool"]["waitingBytes"]
    assert codes(spool={"max_bytes": int(waiting / 0.81)}) == ["spool-full"]
    assert codes(spool={"max_bytes": int(waiting / 0.79)}) == []
    full = ask("status", spool={"max_bytes": 65_536})
    assert full.exit_code == 1
    writer.close()


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (Counts(dropped=1), "1 measurement was dropped: "),
        (Counts(torn=2), "2 measurements were torn: "),
        (
            Counts(rejected=3),
            "3 measurements were refused by the storage, the last because of Refused",
        ),
    ],
)
@pytest.mark.usefixtures("store")
def test_a_loss_is_a_problem_until_it_is_acknowledged(lost: Counts, said: str) -> None:
    SPOOL.mkdir(0o700)
    rejected.keep(SPOOL, "OverflowError: first", b"{}")
    rejected.keep(SPOOL, "RefusedError: too long", b"{}")
    counters.add(SPOOL, lost)
    [problem] = told()["problems"]
    kind = problem["code"]
    assert problem["message"].startswith(said)
    assert "status --acknowledge" in problem["cure"]
    assert ask("status", "--acknowledge").exit_code == 0
    losses = told()["losses"]
    count = losses[kind]["count"]
    assert count > 0
    assert losses[kind]["fresh"] == 0
    assert losses["acknowledgedAt"] is not None
    counters.add(SPOOL, lost)
    losses = told()["losses"]
    assert codes() == [kind]
    assert (losses[kind]["count"], losses[kind]["fresh"]) == (2 * count, count)
    assert f"before {count} of them" in ask("status").stdout


@pytest.mark.usefixtures("store")
def test_an_acknowledged_loss_is_not_told_with_every_answer() -> None:
    SPOOL.mkdir(0o700)
    counters.add(SPOOL, Counts(dropped=5))
    assert "5 measurements were dropped" in ask("summary").stderr
    ask("status", "--acknowledge")
    assert ask("summary").stderr == ""
    counters.add(SPOOL, Counts(dropped=1))
    assert "1 measurement was dropped" in ask("summary").stderr


@pytest.mark.usefixtures("store")
def test_counts_that_are_deleted_take_what_was_acknowledged_with_them() -> None:
    SPOOL.mkdir(0o700)
    counters.add(SPOOL, Counts(dropped=5))
    ask("status", "--acknowledge")
    (SPOOL / counters.FILE).unlink()
    counters.add(SPOOL, Counts(dropped=2))
    assert told()["losses"]["dropped"]["fresh"] == 2


def test_there_may_be_nothing_to_acknowledge(tmp_path: Path) -> None:
    assert ask("status", "--acknowledge").exit_code == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("store")
def test_a_file_of_refused_lines_that_is_broken_is_no_obstacle() -> None:
    SPOOL.mkdir(0o700)
    counters.add(SPOOL, Counts(rejected=1))
    (SPOOL / rejected.FILE).write_bytes(b"\xff garbage")
    [problem] = told()["problems"]
    assert problem["message"] == "1 measurement was refused by the storage."


@pytest.mark.usefixtures("store")
def test_what_cannot_be_acknowledged_is_a_failure_with_its_cure() -> None:
    SPOOL.mkdir(0o700)
    (SPOOL / counters.FILE).symlink_to("elsewhere")
    result = ask("status", "--acknowledge")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: The spool ")
    assert "Hint: " in result.stderr


def test_a_spool_open_to_others_keeps_an_application_from_loading() -> None:
    SPOOL.mkdir()
    SPOOL.chmod(0o777)
    result = ask("status", enabled=True)
    assert result.exit_code == 2
    assert "may be written to by other users" in result.stderr
    assert "Hint: Close it with: chmod 700" in result.stderr
