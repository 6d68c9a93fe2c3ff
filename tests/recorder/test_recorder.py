from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ledgers import Ledger

from flask_profiler.config import Config, SpoolConfig, StorageConfig
from flask_profiler.errors import ConfigError, StorageUnavailableError
from flask_profiler.query import Filter
from flask_profiler.recorder import Drainer, Recorder
from flask_profiler.recorder import thread as module
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.segment import listed, waiting
from flask_profiler.storage.sqlite.engine import SQLite
from tests.lines import line

Make = Callable[..., Recorder]


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start threads in a way that a tracer notices; other tests start real ones."""

    def start(function: Callable[..., None], *args: object) -> None:
        threading.Thread(target=function, args=args, daemon=True).start()

    monkeypatch.setattr(module, "start", start)


@pytest.fixture
def make(sqlite: SQLite, tmp_path: Path) -> Iterator[Make]:
    made: list[Recorder] = []

    def _make(*, drain: bool = True, interval: float = 0.01, **values: Any) -> Recorder:
        config = Config(
            storage=StorageConfig(spool=tmp_path / "spool"),
            spool=SpoolConfig(interval=interval, drain=drain),
            **values,
        )
        made.append(Recorder(config, sqlite))
        return made[-1]

    yield _make
    for recorder in made:
        recorder.close()


def stored(storage: SQLite) -> list[str]:
    return [m.name for m in storage.find(Filter())]


def count(storage: SQLite) -> int:
    try:
        return storage.count(Filter())
    except StorageUnavailableError:
        return 0


def test_the_first_measurement_starts_the_thread_that_drains(
    make: Make, sqlite: SQLite
) -> None:
    recorder = make()
    assert not recorder._thread.running
    recorder.record(line("a"))
    assert recorder._thread.running
    until(lambda: count(sqlite) == 1)


def test_nothing_is_made_before_the_first_measurement(
    make: Make, tmp_path: Path
) -> None:
    make().close()
    assert list(tmp_path.iterdir()) == []


def test_without_drain_nothing_is_drained_but_by_others(
    make: Make, sqlite: SQLite, tmp_path: Path
) -> None:
    recorder = make(drain=False)
    recorder.record(line("a"))
    recorder.close()
    assert not recorder._thread.running
    assert not (tmp_path / "real.sql").exists()
    assert recorder.drain().drained == 1
    assert stored(sqlite) == ["a"]


def test_measurements_of_all_threads_arrive(make: Make, sqlite: SQLite) -> None:
    recorder = make()

    def record(number: int) -> None:
        for n in range(100):
            recorder.record(line(f"{number}-{n}"))

    threads = [threading.Thread(target=record, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    until(lambda: count(sqlite) == 400)
    assert len(set(stored(sqlite))) == 400


def test_closing_drains_what_is_left_and_retires_the_segment(
    make: Make, sqlite: SQLite, tmp_path: Path
) -> None:
    recorder = make(interval=60.0)
    recorder.record(line("a"))
    recorder.record(line("b"))
    recorder.close()
    assert sorted(stored(sqlite)) == ["a", "b"]
    assert listed(tmp_path / "spool") == []


def test_a_measurement_after_closing_is_spooled_and_drained(
    make: Make, sqlite: SQLite
) -> None:
    recorder = make()
    recorder.record(line("a"))
    recorder.close()
    recorder.record(line("b"))
    until(lambda: count(sqlite) == 2)


@pytest.mark.swallows
def test_an_error_while_draining_does_not_end_the_thread(
    make: Make, sqlite: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([ValueError("one"), KeyError("two")])
    sweep = Drainer.sweep

    def failing(drainer: Drainer, *args: Any) -> Any:
        for failure in failures:
            raise failure
        return sweep(drainer, *args)

    monkeypatch.setattr(Drainer, "sweep", failing)
    make().record(line("a"))
    until(lambda: count(sqlite) == 1)


def test_a_storage_that_is_down_is_logged_once_and_tried_again(
    make: Make,
    sqlite: SQLite,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    down = iter([StorageUnavailableError("it is down", hint="Start it.")] * 3)
    transaction = SQLite.transaction

    def sometimes(storage: SQLite, **kwargs: Any) -> Any:
        for error in down:
            raise error
        return transaction(storage, **kwargs)

    monkeypatch.setattr(SQLite, "transaction", sometimes)
    make().record(line("a"))
    until(lambda: count(sqlite) == 1)
    (record,) = caplog.records
    assert "it is down Start it." in record.message


def test_a_locked_database_is_neither_waited_for_nor_logged(
    make: Make, sqlite: SQLite, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = make()
    released = threading.Event()
    locked = threading.Event()

    def lock() -> None:
        with sqlite.transaction(wait=5.0):
            locked.set()
            released.wait(10)

    thread = threading.Thread(target=lock)
    thread.start()
    locked.wait(10)
    recorder.record(line("a"))
    began = time.monotonic()
    recorder._thread.tick()
    assert time.monotonic() - began < 1.0
    assert waiting(recorder.folder, listed(recorder.folder)[0]) == 1
    released.set()
    thread.join(10)
    until(lambda: count(sqlite) == 1)
    assert caplog.records == []


def test_a_host_that_gives_no_thread_goes_on_without(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(module, "start", refuse)
    recorder = make()
    recorder.record(line("a"))
    recorder.record(line("b"))
    recorder.close()
    assert count(recorder.storage) == 2  # type: ignore[arg-type]


def test_the_thread_ends_when_its_recorder_is_no_more(
    sqlite: SQLite, tmp_path: Path
) -> None:
    config = Config(
        storage=StorageConfig(spool=tmp_path / "spool"),
        spool=SpoolConfig(interval=0.01),
    )
    recorder = Recorder(config, sqlite)
    recorder.record(line("a"))
    ended = recorder._thread._ended
    del recorder
    assert ended.acquire(timeout=10.0)


def test_upkeep_goes_on_until_it_is_done(
    make: Make, sqlite: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = iter([True, True, True, False])
    left = [4]

    def upkeep(_: SQLite) -> bool:
        left[0] -= 1
        return next(steps)

    monkeypatch.setattr(SQLite, "upkeep", upkeep)
    recorder = make(interval=0.05)
    recorder.record(line("a"))
    until(lambda: left[0] == 0)


def test_upkeep_that_finds_the_storage_busy_comes_again(
    make: Make, sqlite: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Any] = [StorageUnavailableError("busy"), False]

    def upkeep(_: SQLite) -> bool:
        answer = answers.pop(0) if answers else False
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    monkeypatch.setattr(SQLite, "upkeep", upkeep)
    recorder = make()
    recorder.record(line("a"))
    until(lambda: len(answers) == 1)
    recorder.record(line("b"))
    until(lambda: answers == [])


def test_verbose_logs_every_measurement(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "flask_profiler")
    recorder = make(verbose=True)
    recorder.record(line("/x", status=200, phases=(0, 1500, 0, 0)))
    recorder.record(line("job", method="TASK", phases=None, elapsed=20_000))
    assert [r.message for r in caplog.records] == [
        "GET /x 200 1.5 ms",
        "TASK job None 20.0 ms",
    ]


def test_what_was_lost_is_told(make: Make) -> None:
    recorder = make()
    assert recorder.counts() == Counts()


def test_an_unsafe_folder_is_refused_at_the_start(make: Make, tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool").chmod(0o777)
    with pytest.raises(ConfigError, match="written to by other users"):
        make()


def test_the_folder_of_another_user_hinders_only_who_writes(
    make: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "spool").mkdir(mode=0o700)
    uid = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    recorder = make(drain=False)
    recorder.record(line("a"))
    assert "another user" in caplog.text


def test_while_nothing_can_be_spooled_there_is_one_log_line_and_no_thread(
    make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = make()
    (tmp_path / "spool").touch()
    for _ in range(3):
        recorder.record(line("a"))
    assert not recorder._thread.running
    assert len(caplog.records) == 1


@pytest.mark.swallows
def test_a_fault_of_ours_never_reaches_the_request(
    make: Make, swallowed: list[BaseException]
) -> None:
    make().record(None)  # type: ignore[arg-type]
    assert [type(error) for error in swallowed] == [AttributeError]


AT_EXIT = """
import sys, time
from pathlib import Path
from flask_profiler.config import Config, SpoolConfig, StorageConfig
from flask_profiler.recorder import Recorder
from flask_profiler.line.encode import route_as_json
from flask_profiler.line.format import Line
from flask_profiler.storage.sqlite.engine import SQLite

storage = SQLite({"FILE": "exit.sql"})
config = Config(storage=StorageConfig(spool=Path("spool").absolute()),
                spool=SpoolConfig(interval=60.0))
recorder = Recorder(config, storage)
for n in range(int(sys.argv[1])):
    recorder.record(Line(n, (0, 1), next(recorder.counter), recorder.process,
                         route_as_json("GET", str(n), None)))
"""


def test_at_exit_what_is_left_is_drained(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_EXIT, "50"],
        cwd=tmp_path,
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert [path.name for path in tmp_path.glob("exit.sql*")] == ["exit.sql"]
    assert SQLite({"FILE": str(tmp_path / "exit.sql")}).count(Filter()) == 50
    assert listed(tmp_path / "spool") == []


def test_at_exit_a_locked_database_holds_nobody_up(
    tmp_path: Path, ledger: Ledger
) -> None:
    storage = SQLite({"FILE": str(tmp_path / "exit.sql")})
    with storage.transaction():
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", AT_EXIT, "5"],
            cwd=tmp_path,
            capture_output=True,
            timeout=30,
            check=True,
        )
        took = time.monotonic() - began
    assert took < 15.0
    assert (done.stdout, done.stderr) == (b"", b"")
    folder = tmp_path / "spool"
    assert sum(waiting(folder, name) for name in listed(folder)) == 5
    assert Drainer(folder, storage).run().drained == 5
