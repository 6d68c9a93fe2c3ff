from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from ledgers import Ledger, Overtaken, Plain, Spool

from flask_profiler.errors import RefusedError, StorageUnavailableError
from flask_profiler.line.encode import encode
from flask_profiler.measurement import Measurement
from flask_profiler.query import Filter
from flask_profiler.recorder import Drainer
from flask_profiler.recorder.holding import folder_lock, gate
from flask_profiler.spool import counters, rejected
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.segment import HEADER_SIZE, Segment
from flask_profiler.storage.base import Mark
from flask_profiler.storage.sqlite.engine import SQLite
from tests.lines import line


def test_every_line_is_drained_once_however_often_one_drains(
    spool: Spool, any_store: Ledger
) -> None:
    spool.append("a", "b")
    assert spool.drain(any_store) == 2
    spool.append("c")
    assert spool.drain(any_store) == 1
    assert spool.drain(any_store) == 0
    assert any_store.names() == ["a", "b", "c"]


def test_more_lines_than_a_batch_holds_are_all_drained(
    spool: Spool, any_store: Ledger
) -> None:
    names = [str(number) for number in range(2500)]
    spool.append(*names)
    assert spool.drain(any_store) == 2500
    assert any_store.names() == names


def test_a_segment_of_the_living_stays_and_one_of_the_dead_is_retired(
    spool: Spool, any_store: Ledger
) -> None:
    spool.append("a")
    spool.drain(any_store)
    assert len(spool.segments()) == 1
    spool.writer.close()
    spool.drain(any_store)
    assert spool.segments() == []


def test_a_dead_segment_is_drained_and_retired_by_whoever_comes(
    spool: Spool, any_store: Ledger
) -> None:
    spool.append("a")
    spool.writer.close()
    assert spool.drain(any_store) == 1
    assert spool.segments() == []
    assert any_store.names() == ["a"]


def test_no_mark_is_left_of_a_retired_segment(spool: Spool, ledger: Ledger) -> None:
    spool.append("a")
    spool.drain(ledger)
    assert len(list(ledger.marked())) == 1
    spool.append("b")
    spool.writer.close()
    spool.drain(ledger)
    assert list(ledger.marked()) == []


def test_the_mark_is_read_inside_the_transaction(
    spool: Spool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process drains, and dies right after its commit, while we wait."""
    spool.append("a", "b")
    monkeypatch.setattr(Segment, "note_drained", lambda *_: None)
    spool.drain(Overtaken(ledger.path, lambda: spool.drain(ledger)))
    assert ledger.names() == ["a", "b"]


def test_the_file_is_opened_inside_the_transaction(
    spool: Spool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process drains, retires and forgets the segment while we wait."""
    spool.append("a", "b")
    spool.writer.close()
    monkeypatch.setattr(Segment, "note_drained", lambda *_: None)
    spool.drain(Overtaken(ledger.path, lambda: spool.drain(ledger)))
    assert ledger.names() == ["a", "b"]
    assert list(ledger.marked()) == []


def test_the_end_is_read_inside_the_transaction(spool: Spool, ledger: Ledger) -> None:
    spool.append("a")

    def last_words() -> None:
        spool.append("b")
        spool.writer.close()

    spool.drain(Overtaken(ledger.path, last_words))
    assert ledger.names() == ["a", "b"]
    assert spool.segments() == []


def test_a_header_that_is_behind_is_brought_up_without_draining_again(
    spool: Spool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the commit, before the header was written."""
    spool.append("a")
    with monkeypatch.context() as patch:
        patch.setattr(Segment, "note_drained", lambda *_: None)
        spool.drain(ledger)
    assert spool.drain(ledger) == 0
    (path,) = spool.segments()
    assert b" %d}" % path.stat().st_size in path.read_bytes()
    assert ledger.names() == ["a"]


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_drained_lines_do_not_rise_from_the_dead_in_a_new_database(
    spool: Spool, sqlite: SQLite, tmp_path: Path, how: str
) -> None:
    spool.append("a", "b")
    spool.drain(sqlite)
    sqlite.close()
    for path in tmp_path.glob("real.sql*"):
        path.unlink()
    if how == "replaced":
        with closing(sqlite3.connect(tmp_path / "real.sql")) as db:
            db.execute("CREATE TABLE other (x)")
    spool.append("c")
    assert spool.drain(sqlite) == 1
    assert [m.name for m in sqlite.find(Filter())] == ["c"]


def test_the_database_is_deleted_and_every_new_line_is_in_the_next_one(
    spool: Spool, sqlite: SQLite, tmp_path: Path
) -> None:
    spool.append("a")
    spool.drain(sqlite)
    for path in tmp_path.glob("real.sql*"):
        path.unlink()
    spool.append("b")
    spool.writer.close()
    spool.drain(sqlite)
    assert [m.name for m in sqlite.find(Filter())] == ["b"]
    assert spool.segments() == []


def test_what_is_torn_is_counted_once(spool: Spool, any_store: Ledger) -> None:
    spool.append("a")
    assert spool.writer.append(b'{"v":1,"uid"\n')
    assert spool.writer.append(b'{"v":1,"uid"')
    for _ in range(2):
        spool.drain(any_store)
    assert counters.read(spool.folder) == Counts(torn=1)
    spool.writer.close()
    spool.drain(any_store)
    assert counters.read(spool.folder) == Counts(torn=2)
    assert any_store.names() == ["a"]
    assert spool.segments() == []


def test_a_file_shorter_than_its_mark_is_retired_and_counted(
    spool: Spool, ledger: Ledger
) -> None:
    spool.append("a", "b")
    spool.drain(ledger)
    spool.writer.close()
    (path,) = spool.segments()
    os.truncate(path, path.stat().st_size - 10)
    spool.drain(ledger)
    assert counters.read(spool.folder) == Counts(torn=1)
    assert ledger.names() == ["a", "b"]
    assert spool.segments() == []


def test_a_tail_of_zeros_is_counted_and_retired(spool: Spool, ledger: Ledger) -> None:
    spool.append("a")
    spool.writer.append(bytes(5000))
    spool.writer.close()
    spool.drain(ledger)
    assert counters.read(spool.folder) == Counts(torn=1)
    assert ledger.names() == ["a"]
    assert spool.segments() == []


def test_a_damaged_header_costs_one_line_of_the_count_and_no_measurement(
    spool: Spool, ledger: Ledger
) -> None:
    spool.append("a")
    spool.writer.close()
    (path,) = spool.segments()
    path.write_bytes(bytes(HEADER_SIZE - 1) + path.read_bytes()[HEADER_SIZE - 1 :])
    spool.drain(ledger)
    assert ledger.names() == ["a"]
    assert counters.read(spool.folder) == Counts(torn=1)


class Picky(Ledger):
    """Refuses some names, breaks on others, and may be down."""

    down: Exception | None = None

    def insert_many(
        self, measurements: Sequence[Measurement], mark: Mark | None = None
    ) -> None:
        if self.down is not None:
            raise self.down
        for measurement in measurements:
            if measurement.name.startswith("refused"):
                raise RefusedError("not this one")
            if measurement.name.startswith("broken"):
                raise KeyError(measurement.name)
        super().insert_many(measurements, mark)


@pytest.fixture
def picky(tmp_path: Path) -> Picky:
    return Picky(tmp_path / "picky.db")


@pytest.mark.parametrize("bad", ["refused", "broken"])
def test_a_measurement_that_is_refused_does_not_stop_the_others(
    spool: Spool, picky: Picky, bad: str
) -> None:
    names = [f"{bad}-{n}" if n in {0, 77, 1500} else str(n) for n in range(2000)]
    spool.append(*names)
    assert spool.drain(picky) == 1997
    assert picky.names() == [name for name in names if name.isdecimal()]
    assert counters.read(spool.folder) == Counts(rejected=3)


def test_what_is_refused_is_kept_with_the_reason(spool: Spool, picky: Picky) -> None:
    spool.append("refused", "good")
    spool.writer.append(b'{"v":99}\n')
    spool.drain(picky)
    strange, refused = (
        msgspec.json.decode(text)
        for text in (spool.folder / rejected.FILE).read_bytes().splitlines()
    )
    assert strange["line"] == {"v": 99}
    assert refused["reason"] == "RefusedError: not this one"
    assert refused["line"]["route"][1] == "refused"
    assert counters.read(spool.folder) == Counts(rejected=2)


def test_only_refused_measurements_leave_a_mark_all_the_same(
    spool: Spool, picky: Picky
) -> None:
    spool.append("refused", "refused")
    assert spool.drain(picky) == 0
    spool.drain(picky)
    assert counters.read(spool.folder) == Counts(rejected=2)


@pytest.mark.parametrize(
    "error", [StorageUnavailableError("down"), ConnectionError("down"), KeyError("x")]
)
def test_a_storage_that_is_down_loses_nothing(
    spool: Spool, picky: Picky, error: Exception
) -> None:
    names = [str(number) for number in range(200)]
    spool.append(*names)
    picky.down = error
    outcome = Drainer(spool.folder, picky).run(seconds=5.0)
    assert (outcome.drained, outcome.waiting) == (0, 200)
    assert outcome.reason is not None
    picky.down = None
    assert spool.drain(picky) == 200
    assert picky.names() == names
    assert counters.read(spool.folder) == Counts()


def test_a_few_lines_that_all_break_wait_until_another_one_succeeds(
    spool: Spool, picky: Picky
) -> None:
    spool.append("broken", "broken")
    assert Drainer(spool.folder, picky).run(seconds=5.0).waiting == 2
    spool.append("good")
    assert spool.drain(picky) == 1
    assert counters.read(spool.folder) == Counts(rejected=2)


def test_rejected_lines_do_not_fill_the_disk(
    spool: Spool, picky: Picky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejected, "LIMIT", 1000)
    spool.append(*["refused"] * 50)
    spool.drain(picky)
    assert (spool.folder / rejected.FILE).stat().st_size < 1500
    assert counters.read(spool.folder) == Counts(rejected=50)


def test_what_can_be_neither_stored_nor_kept_is_counted(
    spool: Spool, picky: Picky, caplog: pytest.LogCaptureFixture
) -> None:
    spool.append("refused", "good")
    (spool.folder / rejected.FILE).mkdir()
    spool.drain(picky)
    assert picky.names() == ["good"]
    assert counters.read(spool.folder) == Counts(rejected=1)
    assert "can't keep a refused line" in caplog.text


def test_losses_that_cannot_be_counted_now_are_counted_with_the_next(
    spool: Spool, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    spool.append("a")
    spool.writer.append(b"torn\n")
    counts = (spool.folder / counters.FILE).read_bytes()
    (spool.folder / counters.FILE).unlink()
    (spool.folder / counters.FILE).mkdir()
    drainer = Drainer(spool.folder, ledger)
    drainer.run()
    assert "can't count" in caplog.text
    (spool.folder / counters.FILE).rmdir()
    (spool.folder / counters.FILE).write_bytes(counts)
    drainer.run()
    assert counters.read(spool.folder) == Counts(torn=1)


def test_a_segment_that_cannot_be_opened_does_not_stop_the_others(
    spool: Spool, ledger: Ledger
) -> None:
    (spool.folder.parent / "x").touch()
    spool.append("a")
    (spool.folder / "segment-0-0.ndjson").symlink_to(spool.folder.parent / "x")
    outcome = Drainer(spool.folder, ledger).run(seconds=5.0)
    assert outcome.drained == 1
    assert "segment-0-0.ndjson" in str(outcome.reason)
    assert outcome.waiting is None


def test_marks_of_segments_that_are_gone_are_tidied_away(
    spool: Spool, ledger: Ledger
) -> None:
    """Killed between unlinking a segment and forgetting its mark."""
    spool.append("a")
    spool.drain(ledger)
    ledger.insert_many([], Mark("segment-gone", 5))
    Drainer(spool.folder, ledger).tidy()
    assert list(ledger.marked()) == [spool.segments()[0].name]


def test_a_store_without_marks_is_tidied_too(spool: Spool, plain: Plain) -> None:
    spool.append("a")
    hidden = spool.folder / ".segment-0-0.ndjson"
    hidden.touch()
    os.utime(hidden, (1, 1))
    Drainer(spool.folder, plain).tidy()
    assert not hidden.exists()


def test_a_drain_ends_when_its_time_is_over(spool: Spool, ledger: Ledger) -> None:
    spool.append("a")
    assert Drainer(spool.folder, ledger).run(seconds=0).drained == 0
    assert ledger.names() == []


def test_an_incomplete_line_does_not_open_a_transaction_at_every_tick(
    spool: Spool, ledger: Ledger
) -> None:
    spool.append("a")
    spool.writer.append(b'{"v":1')
    drainer = Drainer(spool.folder, ledger)
    drainer.run()
    shutil.move(ledger.path, ledger.path.with_suffix(".away"))
    drainer.run()
    assert not ledger.path.exists()


def test_what_is_known_of_segments_goes_when_anybody_retires_them(
    spool: Spool, any_store: Ledger
) -> None:
    drainer = Drainer(spool.folder, any_store)
    spool.append("a")
    drainer.run()
    assert [spool.folder / name for name in drainer._incomplete] == spool.segments()
    spool.writer.close()
    spool.drain(any_store)
    drainer.run()
    assert (drainer._incomplete, drainer._retired) == ({}, [])


def test_what_storage_refuses_is_logged_once_a_kind(
    spool: Spool, picky: Picky, caplog: pytest.LogCaptureFixture
) -> None:
    spool.append("refused", "refused", "good")
    spool.drain(picky)
    assert len(caplog.records) == 1
    assert "rejected.ndjson" in caplog.text


def test_a_drain_says_that_another_thread_is_draining(
    spool: Spool, ledger: Ledger
) -> None:
    spool.append("a")
    inside, finish = threading.Event(), threading.Event()

    def hold() -> None:
        with gate(1.0):
            inside.set()
            finish.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(10)
    outcome = Drainer(spool.folder, ledger).run(seconds=5.0)
    finish.set()
    thread.join(10)
    assert (outcome.drained, outcome.waiting) == (0, 1)
    assert "Another thread" in str(outcome.reason)


def test_another_process_that_drains_a_plain_store_is_waited_for(
    spool: Spool, plain: Plain
) -> None:
    spool.append("a")
    with folder_lock(spool.folder, 0.0):
        outcome = Drainer(spool.folder, plain).run(seconds=0.1, wait=0.1)
    assert (outcome.drained, outcome.waiting) == (0, 1)
    assert "Another process" in str(outcome.reason)
    assert spool.drain(plain) == 1


def test_measurements_arrive_as_they_were_measured(
    spool: Spool, sqlite: SQLite
) -> None:
    spool.writer.append(encode(line("/x", status=503, error=True, kwargs={"a": 1})))
    spool.drain(sqlite)
    (stored,) = sqlite.find(Filter())
    assert (stored.name, stored.status, stored.error) == ("/x", 503, True)
    assert stored.kwargs == {"a": 1}
