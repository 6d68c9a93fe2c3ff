from __future__ import annotations

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ledgers import Ledger, Spool

from flask_profiler.config import Config, SpoolConfig, StorageConfig
from flask_profiler.errors import StorageUnavailableError
from flask_profiler.line.encode import encode
from flask_profiler.line.expand import expand
from flask_profiler.line.facts import facts_of
from flask_profiler.line.format import Line
from flask_profiler.query import Filter
from flask_profiler.recorder import Recorder
from flask_profiler.recorder.holding import gate
from flask_profiler.spool import forks
from flask_profiler.spool.segment import listed, opened
from flask_profiler.storage.sqlite.engine import SQLite
from tests.lines import line

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


class Child:
    """A forked process that does something, says so, and waits to be let go."""

    def __init__(self, action: Callable[[], object]) -> None:
        self._said, say = os.pipe()
        wait, self._let_go = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.write(say, repr(action()).encode()[:4000] or b" ")
                os.close(self._let_go)
                os.read(wait, 1)
                code = 0
            finally:
                os._exit(code)
        os.close(say)
        os.close(wait)
        if not select.select([self._said], [], [], 20.0)[0]:
            os.kill(self.pid, signal.SIGKILL)
        self.said = os.read(self._said, 4000).decode()

    def end(self) -> None:
        os.write(self._let_go, b".")
        os.close(self._let_go)
        os.close(self._said)
        _, status = os.waitpid(self.pid, 0)
        assert status == 0


def abandoned(path: Path) -> bool:
    with opened(path.parent, path.name) as segment:
        assert segment is not None
        return segment.abandoned


@pytest.fixture
def recorder(sqlite: SQLite, tmp_path: Path) -> Iterator[Recorder]:
    config = Config(
        storage=StorageConfig(spool=tmp_path / "spool"),
        spool=SpoolConfig(interval=0.01),
    )
    recorder = Recorder(config, sqlite)
    yield recorder
    recorder.close()


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def new(recorder: Recorder, name: str) -> Line:
    return line(name, process=recorder.process, count=next(recorder.counter))


def uid(line: Line) -> str:
    return expand(facts_of(encode(line))).uid


def pid(recorder: Recorder) -> int:
    found: int = msgspec.json.decode(recorder.process)[0]
    return found


def count(storage: SQLite) -> int:
    try:
        return storage.count(Filter())
    except StorageUnavailableError:
        return 0


def test_a_child_writes_a_segment_of_its_own(spool: Spool, ledger: Ledger) -> None:
    spool.append("parent")
    (before,) = spool.segments()
    child = Child(lambda: spool.append("child"))
    assert len(spool.segments()) == 2
    assert b"child" not in before.read_bytes()
    child.end()
    assert spool.drain(ledger) == 2


def test_a_child_does_not_unlock_what_it_inherited(spool: Spool) -> None:
    spool.append("parent")
    (path,) = spool.segments()
    child = Child(lambda: spool.append("child"))
    assert not abandoned(path)
    child.end()
    assert not abandoned(path)
    spool.append("parent again")
    assert len(spool.segments()) == 2


def test_a_child_does_not_keep_the_segment_of_its_parent_alive(spool: Spool) -> None:
    spool.append("parent")
    (path,) = spool.segments()
    child = Child(lambda: None)
    spool.writer.close()
    assert abandoned(path)
    child.end()


def test_without_the_hooks_the_pid_tells_a_child_from_its_parent(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.record(new(recorder, "parent"))
    (before,) = listed(recorder.folder)
    monkeypatch.setattr(forks, "_alive", list)

    def record() -> int:
        recorder.record(new(recorder, "child"))
        return len(listed(recorder.folder))

    child = Child(record)
    assert child.said == "2"
    assert b"child" not in (recorder.folder / before).read_bytes()
    child.end()


def test_what_finds_itself_in_another_process_starts_anew(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the children above do, in a process that can be looked into."""
    spool.append("parent")
    before = spool.writer.lock
    monkeypatch.setattr(os, "getpid", lambda: 1)
    forks._in_child()
    assert spool.writer.lock is not before
    spool.append("child")
    monkeypatch.setattr(os, "getpid", lambda: 2)
    spool.writer.fork_noticed()
    spool.append("grandchild")
    assert len(spool.segments()) == 3


def test_a_lock_that_another_thread_held_does_not_stop_the_child(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "PATIENCE", 0.05)
    held, finish = threading.Event(), threading.Event()

    def hold() -> None:
        with spool.writer.lock:
            held.set()
            finish.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    child = Child(lambda: spool.append("child"))
    finish.set()
    thread.join(10)
    child.end()
    spool.append("parent")
    assert len(spool.segments()) == 2


def test_a_fork_waits_until_a_batch_is_drained(spool: Spool) -> None:
    spool.append("a")
    inside, order = threading.Event(), []

    def drain() -> None:
        with gate(1.0):
            inside.set()
            time.sleep(0.1)
            order.append("drained")

    thread = threading.Thread(target=drain)
    thread.start()
    inside.wait(10)
    child = Child(lambda: None)
    order.append("forked")
    thread.join(10)
    child.end()
    assert order == ["drained", "forked"]


def test_locks_held_for_a_fork_are_given_back(spool: Spool) -> None:
    spool.append("a")
    Child(lambda: None).end()
    done: list[Any] = []
    thread = threading.Thread(target=lambda: done.append(spool.append("b")))
    thread.start()
    thread.join(10)
    assert done == [None]


def test_a_child_makes_uids_that_its_parent_never_makes(recorder: Recorder) -> None:
    uid(new(recorder, "before"))
    child = Child(lambda: uid(new(recorder, "child")))
    theirs, mine = child.said.strip("'"), uid(new(recorder, "parent"))
    assert theirs[:8] == mine[:8]
    assert theirs[8:18] != mine[8:18]
    child.end()


def test_a_child_has_its_own_pid(recorder: Recorder) -> None:
    child = Child(lambda: pid(recorder))
    assert child.said == str(child.pid)
    child.end()
    assert pid(recorder) == os.getpid()


def test_a_measurement_begun_before_a_fork_is_recorded_on_both_sides(
    recorder: Recorder, sqlite: SQLite
) -> None:
    begun = new(recorder, "both")
    child = Child(lambda: recorder.record(begun))
    child.end()
    recorder.record(begun)
    recorder.drain(wait=5.0)
    until(lambda: count(sqlite) == 2)
    assert {m.pid for m in sqlite.find(Filter())} == {child.pid, os.getpid()}


def test_without_the_hooks_a_child_still_makes_new_uids(
    recorder: Recorder, sqlite: SQLite, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.record(new(recorder, "parent"))
    monkeypatch.setattr(forks, "_alive", list)
    begun = new(recorder, "both")

    def record() -> bool:
        recorder.record(begun)
        told = msgspec.json.decode(begun.process)[0]
        return told == os.getpid() and recorder._thread.running

    child = Child(record)
    assert child.said == "True"
    child.end()
    recorder.record(begun)
    until(lambda: count(sqlite) == 3)


def test_the_first_measurement_in_a_child_starts_a_thread_there(
    recorder: Recorder, sqlite: SQLite
) -> None:
    recorder.record(new(recorder, "parent"))

    def record() -> tuple[bool, bool]:
        before = recorder._thread.running
        recorder.record(new(recorder, "child"))
        until(lambda: count(sqlite) == 2)
        return before, recorder._thread.running

    child = Child(record)
    assert child.said == "(False, True)"
    child.end()


def test_children_of_a_busy_process_lose_nothing(
    recorder: Recorder, sqlite: SQLite
) -> None:
    stop = threading.Event()
    recorded: list[int] = []

    def work() -> None:
        while not stop.is_set():
            recorder.record(new(recorder, "parent"))
            recorded.append(1)

    thread = threading.Thread(target=work)
    thread.start()

    def child() -> None:
        for _ in range(20):
            recorder.record(new(recorder, "child"))

    children = [Child(child) for _ in range(5)]
    stop.set()
    thread.join(10)
    for one in children:
        one.end()
    recorder.drain(wait=5.0)
    until(lambda: count(sqlite) == len(recorded) + 100)


def test_encoded_lines_of_a_grandchild_go_to_a_third_segment(spool: Spool) -> None:
    spool.append("a")

    def child() -> None:
        spool.append("b")
        Child(lambda: spool.append("c")).end()
        spool.writer.append(encode(line("d")))

    Child(child).end()
    assert len(spool.segments()) == 3
