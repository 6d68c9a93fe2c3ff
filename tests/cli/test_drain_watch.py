"""`flask profiler drain --watch` as a process: started, killed, ended."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from spooling import spooled

from flask_profiler.errors import StorageError
from flask_profiler.query import Filter
from flask_profiler.spool import segment
from flask_profiler.storage.registry import open_url

FLASK = str(Path(sys.executable).with_name("flask"))
SPOOL = Path("shop.sql.spool")
MANY = 9_000
SLOW = """
CREATE TRIGGER slow BEFORE INSERT ON measurements_data WHEN NEW.id > 2000 BEGIN
    SELECT count(*) FROM (WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000) SELECT i FROM n);
END
"""
"""Makes a drain so slow behind its second batch that it is caught in the middle."""

Start = Callable[..., "subprocess.Popen[str]"]


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def stored() -> int:
    """Count what is in the store, and drain nothing."""
    storage = open_url("shop.sql")
    try:
        return storage.facts().count or 0
    except StorageError:
        return 0
    finally:
        storage.close()


@contextmanager
def slow_store() -> Iterator[None]:
    """Have a store that takes its time while the block runs."""
    storage = open_url("shop.sql")
    storage.insert_many([])
    storage.close()
    with closing(sqlite3.connect("shop.sql", timeout=30)) as db:
        db.execute(SLOW)
        yield
        db.execute("DROP TRIGGER slow")


@pytest.fixture
def start() -> Iterator[Start]:
    """Start `flask profiler drain --watch --db shop.sql …`."""
    started: list[subprocess.Popen[str]] = []

    def run(*args: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [FLASK, "profiler", "drain", "--watch", "--db", "shop.sql", *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def begun(process: subprocess.Popen[str]) -> str:
    """Wait for the first line: from then on, signals end it as they should."""
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_may_start_before_there_is_anything_and_ends_when_told(
    start: Start, number: signal.Signals, tmp_path: Path
) -> None:
    process = start()
    assert begun(process) == (
        "Draining shop.sql.spool into sqlite:shop.sql. Ctrl+C or SIGTERM ends it.\n"
    )
    # Python itself tries out the temporary directory with a file.
    wait_for(lambda: not list(tmp_path.iterdir()))
    writer = spooled(SPOOL, 30)
    wait_for(lambda: stored() == 30)
    writer.close()
    wait_for(lambda: not segment.listed(SPOOL))
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert out == "Ended; 30 measurements drained.\n"


def test_a_killed_one_is_followed_by_another_and_the_books_balance(
    start: Start,
) -> None:
    spooled(SPOOL, MANY).close()
    with slow_store():
        first = start()
        wait_for(stored)
        first.kill()
        first.wait()
    assert 0 < stored() < MANY
    second = start("--quiet")
    wait_for(lambda: not segment.listed(SPOOL))
    second.terminate()
    out, err = second.communicate(timeout=30)
    assert (second.returncode, out, err) == (0, "", "")
    assert stored() == MANY


def test_it_ends_in_the_middle_after_the_batch_at_hand(start: Start) -> None:
    spooled(SPOOL, MANY).close()
    with slow_store():
        process = start()
        wait_for(stored)
        process.terminate()
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    count = stored()
    assert 0 < count < MANY
    assert f"Ended; {count:,} measurements drained.\n" in out


def test_two_at_once_store_everything_once(start: Start) -> None:
    writers = [spooled(SPOOL, 500, name=f"/{n}") for n in range(4)]
    both = [start(), start()]
    for process in both:
        begun(process)
    wait_for(lambda: stored() == 2_000)
    for writer in writers:
        writer.close()
    wait_for(lambda: not segment.listed(SPOOL))
    for process in both:
        process.terminate()
        assert process.communicate(timeout=30)[1] == ""
        assert process.returncode == 0
    storage = open_url("shop.sql")
    groups = storage.aggregate(Filter(), ("name",))
    assert {g.key[0]: g.count for g in groups} == {f"/{n}": 500 for n in range(4)}
    storage.close()


def test_a_reader_that_goes_away_ends_it_quietly(start: Start) -> None:
    process = start()
    begun(process)
    assert process.stdout is not None
    process.stdout.close()
    process.terminate()
    assert process.wait(30) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
