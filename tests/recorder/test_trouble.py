"""What the log says of a storage that takes nothing, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledgers import Ledger, Spool

from flask_profiler.errors import StorageBusyError, StorageUnavailableError
from flask_profiler.recorder import Drainer
from flask_profiler.recorder.thread import DrainThread
from flask_profiler.recorder.trouble import Trouble

BUSY = StorageBusyError("It is locked.", hint="Look who holds it.")


class Hours:
    """A clock that is set by hand."""

    seconds = 0.0

    def __call__(self) -> int:
        return int(self.seconds * 1e9)


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def trouble(hours: Hours) -> Trouble:
    return Trouble(Path("shop.spool"), hours)


def busy_each_second(trouble: Trouble, hours: Hours, seconds: int) -> Iterator[float]:
    for _ in range(seconds):
        yield hours.seconds
        trouble.note(BUSY)
        hours.seconds += 1


def told_at(
    trouble: Trouble, hours: Hours, caplog: pytest.LogCaptureFixture, seconds: int
) -> list[float]:
    """Give the seconds at which something was logged."""
    caplog.clear()
    times = []
    for second in busy_each_second(trouble, hours, seconds):
        if caplog.records:
            times.append(second - 1)
            caplog.clear()
    return times


def test_a_storage_that_stays_busy_is_told_after_a_minute_and_once(
    trouble: Trouble, hours: Hours, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in busy_each_second(trouble, hours, 60):
        assert caplog.records == []
    for _ in busy_each_second(trouble, hours, 600):
        pass
    (record,) = caplog.records
    assert record.message == (
        "flask_profiler could store no measurement for 60 seconds, and keeps them in "
        "shop.spool: It is locked. Look who holds it."
    )


@pytest.mark.parametrize("partly", [True, False])
def test_after_a_success_the_minute_begins_again(
    trouble: Trouble,
    hours: Hours,
    caplog: pytest.LogCaptureFixture,
    partly: bool,
) -> None:
    assert told_at(trouble, hours, caplog, 50) == []
    trouble.note(BUSY if partly else None, stored=True)
    assert told_at(trouble, hours, caplog, 200) == [110.0]
    trouble.note(BUSY if partly else None, stored=True)
    assert len(told_at(trouble, hours, caplog, 200)) == 1


def test_another_failure_is_told_at_once_and_once(
    trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    down = StorageUnavailableError("It is down.")
    for error in (BUSY, down, down, BUSY, down):
        trouble.note(error)
    (record,) = caplog.records
    assert record.message == (
        "flask_profiler can't store measurements, and keeps them in shop.spool: "
        "It is down. "
    )
    trouble.note(None)
    trouble.note(down)
    assert len(caplog.records) == 2


def test_a_thread_beside_a_lock_that_stays_tells_of_it(
    spool: Spool, ledger: Ledger, hours: Hours, caplog: pytest.LogCaptureFixture
) -> None:
    spool.append("a")
    thread = DrainThread(Drainer(spool.folder, ledger), 0.1, hours)
    with Ledger(ledger.path).transaction(wait=5.0):
        thread.tick()
        assert caplog.records == []
        hours.seconds += 61
        thread.tick()
        thread.tick()
    (record,) = caplog.records
    assert "database is locked" in record.message
    thread.tick()
    assert ledger.names() == ["a"]
    assert len(caplog.records) == 1
