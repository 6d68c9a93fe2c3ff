from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ledgers import Ledger, Spool

from flask_profiler.errors import StorageUnavailableError
from flask_profiler.query import Filter
from flask_profiler.recorder import Outcome, drain_for_reader
from flask_profiler.storage.sqlite.engine import SQLite


def test_a_reader_sees_every_line_that_was_appended(
    spool: Spool, sqlite: SQLite
) -> None:
    spool.append("a", "b")
    assert drain_for_reader(sqlite, spool.folder) == Outcome(2, 0)
    assert sqlite.count(Filter()) == 2


def test_a_reader_makes_neither_a_folder_nor_a_store(
    tmp_path: Path, sqlite: SQLite
) -> None:
    assert drain_for_reader(sqlite, tmp_path / "none") == Outcome(0, 0)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_waits_no_store_is_made(
    spool: Spool, sqlite: SQLite, tmp_path: Path
) -> None:
    spool.append("a")
    drain_for_reader(sqlite, spool.folder)
    sqlite.close()
    for path in tmp_path.glob("real.sql*"):
        path.unlink()
    spool.writer.close()
    assert drain_for_reader(sqlite, spool.folder) == Outcome(0, 0)
    assert list(tmp_path.glob("real.sql*")) == []
    assert spool.segments() == []


@pytest.mark.parametrize("answers", [[True, True, False], [None]])
def test_a_reader_lets_the_storage_catch_up(
    spool: Spool,
    sqlite: SQLite,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[bool | None],
) -> None:
    left = list(answers)

    def upkeep(_: SQLite) -> bool:
        answer = left.pop(0)
        if answer is None:
            raise StorageUnavailableError("read-only")
        return answer

    monkeypatch.setattr(SQLite, "upkeep", upkeep)
    spool.append("a")
    assert drain_for_reader(sqlite, spool.folder) == Outcome(1, 0)
    assert left == []


def test_where_there_is_no_spool_a_store_is_left_as_it_is(
    tmp_path: Path, sqlite: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SQLite, "upkeep", None)
    assert drain_for_reader(sqlite, tmp_path / "none") == Outcome(0, 0)


def hold(storage: SQLite) -> Callable[[], None]:
    """Keep a database locked until the function that is given back is called."""
    locked, released = threading.Event(), threading.Event()

    def work() -> None:
        with storage.transaction(wait=5.0):
            locked.set()
            released.wait(20)

    thread = threading.Thread(target=work)
    thread.start()
    assert locked.wait(10)

    def release() -> None:
        released.set()
        thread.join(10)

    return release


def test_a_locked_database_is_waited_for_within_the_time(
    spool: Spool, sqlite: SQLite
) -> None:
    spool.append("a")
    release = hold(sqlite)
    threading.Timer(0.2, release).start()
    assert drain_for_reader(sqlite, spool.folder, seconds=10.0) == Outcome(1, 0)


def test_after_the_time_a_reader_says_what_waits_and_why(
    spool: Spool, sqlite: SQLite
) -> None:
    spool.append("a", "b", "c")
    release = hold(sqlite)
    began = time.monotonic()
    outcome = drain_for_reader(sqlite, spool.folder, seconds=0.2)
    took = time.monotonic() - began
    release()
    assert (outcome.drained, outcome.waiting) == (0, 3)
    assert outcome.reason
    assert 0.2 <= took < 5.0


def test_a_store_that_cannot_be_written_is_told_with_its_cure(
    spool: Spool, sqlite: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: Any, **__: Any) -> Any:
        raise StorageUnavailableError("It is read-only", hint="Mount it otherwise.")

    spool.append("a")
    monkeypatch.setattr(SQLite, "transaction", read_only)
    assert drain_for_reader(sqlite, spool.folder) == Outcome(
        0, 1, "It is read-only", "Mount it otherwise."
    )


def test_an_error_that_nobody_foresaw_is_told_too(
    spool: Spool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("what")

    spool.append("a")
    monkeypatch.setattr(Ledger, "transaction", broken)
    assert drain_for_reader(ledger, spool.folder) == Outcome(0, 1, "KeyError: 'what'.")


def test_in_a_folder_of_another_user_what_waits_cannot_be_known(
    spool: Spool, sqlite: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.append("a")
    uid = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    outcome = drain_for_reader(sqlite, spool.folder)
    assert (outcome.drained, outcome.waiting) == (0, None)
    assert "another user" in str(outcome.reason)
    assert outcome.hint is not None


def test_a_folder_that_is_a_file_is_told(tmp_path: Path, sqlite: SQLite) -> None:
    (tmp_path / "spool").touch()
    outcome = drain_for_reader(sqlite, tmp_path / "spool")
    assert outcome.waiting is None
    assert "not a directory" in str(outcome.reason)


GEVENT = """
from gevent import monkey
monkey.patch_all()
import sys, time
from pathlib import Path
from flask_profiler.config import Config, SpoolConfig, StorageConfig
from flask_profiler.query import Filter
from flask_profiler.recorder import Recorder
from flask_profiler.line.encode import route_as_json
from flask_profiler.line.format import Line
from flask_profiler.storage.sqlite.engine import SQLite

storage = SQLite({"FILE": "gevent.sql"})
config = Config(storage=StorageConfig(spool=Path("spool").absolute()),
                spool=SpoolConfig(interval=0.01))
recorder = Recorder(config, storage)
for n in range(100):
    recorder.record(Line(n, (0, 1), next(recorder.counter), recorder.process,
                         route_as_json("GET", str(n), None)))
deadline = time.monotonic() + 20
folder = Path("spool")
while time.monotonic() < deadline:
    # Busy, and never gives another greenlet a turn.
    size = sum(p.stat().st_size for p in folder.glob("segment-*"))
    if all(b" %d}" % p.stat().st_size in p.read_bytes()[:60]
           for p in folder.glob("segment-*")):
        print(SQLite({"FILE": "gevent.sql"}).count(Filter()))
        break
"""


def test_under_gevent_the_thread_is_native(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GEVENT],
        cwd=tmp_path,
        capture_output=True,
        timeout=40,
        check=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("100", "")


def test_a_spool_that_cannot_be_read_is_told_in_words_with_its_cure(
    spool: Spool, sqlite: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "lstat", refuse)
    assert drain_for_reader(sqlite, spool.folder) == Outcome(
        0,
        None,
        f"The spool {spool.folder} can't be read: Permission denied.",
        f"Let user id {os.geteuid()} read and write there, or name another folder in "
        "storage.SPOOL.",
    )
