"""What decides about colours and widths, and how output may end early."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import Run, Terminal

from flask_profiler.cli import source
from flask_profiler.recorder import Outcome
from flask_profiler.spool import counters
from flask_profiler.spool.counters import Counts

FLASK = str(Path(sys.executable).with_name("flask"))
SUMMARY = ("profiler", "summary", "--db", "shop.sql", "--since", "all")
pytestmark = pytest.mark.usefixtures("store")


def piped(*args: str, **environ: str) -> bytes:
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **environ}
    command = [FLASK, *args]
    return subprocess.run(command, capture_output=True, check=True, env=env).stdout


def test_a_terminal_gets_colours_and_slow_times_are_marked(terminal: Terminal) -> None:
    shown = terminal.type(*SUMMARY)
    assert b"\x1b[31m 1.29s" in shown.raw or b"\x1b[31m  1.29s" in shown.raw
    assert b"\x1b[33m" in shown.raw


@pytest.mark.parametrize(
    "environ",
    [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}],
)
def test_a_terminal_that_wants_no_colours_gets_none(
    environ: dict[str, str], terminal: Terminal
) -> None:
    shown = terminal.type(*SUMMARY, columns=100, **environ)
    assert b"\x1b" not in shown.raw
    assert max(map(len, shown.lines)) > 80


def test_colour_can_be_asked_for_and_refused(terminal: Terminal) -> None:
    assert b"\x1b" not in terminal.type(*SUMMARY, "--color", "never").raw
    assert b"\x1b[" in terminal.type(*SUMMARY, "--color", "always", NO_COLOR="1").raw
    assert b"\x1b[" in piped(*SUMMARY, "--color", "always", "-f", "table")


def test_a_pipe_is_plain_whatever_the_environment_says() -> None:
    plain = piped(*SUMMARY)
    assert b"\x1b" not in plain
    forced = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TTY_COMPATIBLE": "1"}
    assert piped(*SUMMARY, **forced, COLUMNS="30") == plain
    assert b"\x1b" not in piped(*SUMMARY, "-f", "table", **forced)


@pytest.mark.parametrize("columns", [40, 60, 72])
def test_numbers_are_never_cut(columns: int, run: Run) -> None:
    args = ("--db", "shop.sql", "-f", "table")
    for line in run("summary", *args, columns=columns).stdout.splitlines()[2:-1]:
        assert line.endswith("%")
        figures = line.split()
        assert figures[-3].endswith(("ms", "µs", "s"))
    out = run("list", *args, columns=columns).stdout
    assert "2.82s" in run("list", *args, "-s", "-elapsed", columns=columns).stdout
    assert "…ms" not in out


def test_columns_go_by_priority_and_are_named(run: Run) -> None:
    args = ("summary", "--db", "shop.sql", "-f", "table")
    footers = {
        columns: run(*args, columns=columns).stdout.splitlines()[-1]
        for columns in (80, 100, 160)
    }
    assert footers[80] == "7 routes · hidden: trend, Req/s, Max, Err%, p99 (-w to show)"
    assert footers[100] == "7 routes · hidden: trend, Req/s (-w to show)"
    assert footers[160] == "7 routes"


@pytest.mark.parametrize("format_", ["plain", "table", "json", "ndjson", "csv"])
def test_a_reader_that_has_enough_is_no_failure(format_: str) -> None:
    process = subprocess.Popen(
        [FLASK, "profiler", "list", "--db", "shop.sql", "--since", "all", "-n", "all",
         "-f", format_],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full of Linux")
def test_output_that_cannot_be_written_exits_with_1() -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [FLASK, *SUMMARY], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert result.returncode == 1
    assert result.stderr.startswith(b"Error: ")
    assert b"Traceback" not in result.stderr


def test_without_a_standard_output_there_is_one_message() -> None:
    result = _in_shell(f"{FLASK} profiler list --db shop.sql >&-")
    assert result.returncode == 1
    assert result.stderr == b"Error: There is no standard output to write to.\n"


def test_a_message_never_takes_the_place_of_an_answer() -> None:
    result = _in_shell(f"{FLASK} profiler list --db shop.sql -m NONE --json 2>&-")
    assert (result.returncode, result.stdout) == (0, b"[]\n")


def _in_shell(line: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["sh", "-c", line], capture_output=True, check=False)


def test_what_still_waits_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = {
        Outcome(0, 1204, "database is locked", "Try again."): (
            "1,204 measurements still wait in the spool: database is locked\n"
            "Hint: Try again.\n"
        ),
        Outcome(3, 1): "1 measurement still waits in the spool.\n",
        Outcome(0, None, "it can't be read", "Let us in."): (
            "What waits in the spool can't be counted: it can't be read\n"
            "Hint: Let us in.\n"
        ),
        Outcome(5, 0): "",
    }
    for outcome, said in outcomes.items():
        monkeypatch.setattr(source, "drain_for_reader", lambda *_, o=outcome: o)
        result = run("summary", "--db", "shop.sql")
        assert result.exit_code == 0
        assert result.stderr == said


def test_what_is_lost_is_told_with_every_answer(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "shop.sql.spool"
    folder.mkdir(0o700)
    counters.add(folder, Counts(dropped=1, torn=5))
    result = run("summary", "--db", "shop.sql")
    assert result.exit_code == 0
    assert result.stderr == (
        "1 measurement was dropped, because the spool or its disk was full.\n"
        "5 measurements were torn: cut off by a kill or a full disk.\n"
        "Hint: 'flask profiler status --acknowledge' notes that you know of it.\n"
    )
    counters.add(folder, Counts(rejected=1200))
    assert (
        "1,200 measurements were refused by the storage; "
        f"see {folder / 'rejected.ndjson'}.\n"
    ) in run("show", "last", "--db", "shop.sql").stderr
    (folder / counters.FILE).unlink()
    assert run("list", "--db", "shop.sql").stderr == ""


def test_losses_that_cannot_be_read_are_passed_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shop.sql.spool" / counters.FILE).mkdir(0o700, parents=True)
    assert run("list", "--db", "shop.sql").exit_code == 0


def test_a_reader_beside_a_lock_answers_and_says_what_waits(run: Run) -> None:
    code = """
import flask, flask_profiler
app = flask.Flask("locked")
app.config["flask_profiler"] = {
    "enabled": True, "storage": {"FILE": "shop.sql"}, "spool": {"drain": False},
}
app.add_url_rule("/late", "late", lambda: "late")
flask_profiler.init_app(app)
app.test_client().get("/late")
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    with sqlite3.connect("shop.sql", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        result = run("summary", "--db", "shop.sql", "--since", "all")
        other.execute("ROLLBACK")
    other.close()
    assert result.exit_code == 0
    assert "872 requests" in result.stdout
    assert result.stderr.startswith("1 measurement still waits in the spool: ")
    after = run("list", "--db", "shop.sql", "--since", "all", "-e", "/late")
    assert "1 request" in after.stdout
