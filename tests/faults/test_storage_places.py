"""The database is locked, deleted, replaced, truncated, shut, or loses its folder."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flask_profiler.storage.registry import open_url
from tests.faults.storage_faults import (
    bounded,
    drained_by_workers,
    hosting,
    locked,
    obey_modes,
    once,
    summary,
)
from tests.integration.conftest import wait_for
from tests.uids import Uids

if TYPE_CHECKING:
    from pathlib import Path

    from flask_profiler.measurement import Measurement

LOCKED_SECONDS = 10


def test_a_database_locked_for_ten_seconds_holds_up_nobody_and_loses_nothing(
    tmp_path: Path,
) -> None:
    """Every request is answered while the lock lasts; readers say what waits."""
    with hosting(tmp_path) as host:
        host.send(0, 20)
        drained_by_workers(host, 20)
        with bounded(host), locked(host.file):
            end = time.monotonic() + LOCKED_SECONDS
            host.send(20, 400)
            asked = summary(host)
            assert asked.code == 0
            assert "400 measurements still wait in the spool: " in asked.said
            assert "locked" in asked.said
            while time.monotonic() < end:
                host.send(max(host.answered) + 1, 5)
                assert host.rows() == once(0, 20)
        # Without a reader: the workers try again by themselves.
        drained_by_workers(host, len(host.answered))
        assert host.rows() == once(0, len(host.answered))
        assert not host.lost()


def test_after_a_database_was_deleted_only_what_comes_later_is_in_the_new_one(
    tmp_path: Path,
) -> None:
    """Drained lines don't rise from the dead, though their segment is still there."""
    with hosting(tmp_path) as host:
        host.send(0, 50)
        assert host.stored() == once(0, 50)
        with bounded(host):
            for suffix in ("", "-wal", "-shm"):
                host.file.with_name(host.file.name + suffix).unlink(missing_ok=True)
            host.send(50, 50)
            drained_by_workers(host, 50)
            assert host.stored() == once(50, 100)
        assert not host.lost()


def copied(found: list[Measurement], file: Path, first: int) -> None:
    """Store measurements under other numbers and uids in a file of their own."""
    uids, storage = Uids(), open_url(str(file))
    others = [
        replace(m, uid=uids.make(m.started_us), kwargs={"number": first + n})
        for n, m in enumerate(found)
    ]
    storage.insert_many(others)
    storage.close()


def test_a_database_that_takes_the_place_of_another_keeps_what_is_in_it(
    tmp_path: Path,
) -> None:
    """Moved into place while in use: its own rows stay, new ones join them."""
    other = tmp_path / "other.sql"
    with hosting(tmp_path) as host:
        host.send(0, 50)
        assert host.stored() == once(0, 50)
        copied(host.measurements()[:30], other, 1000)
        with bounded(host):
            other.rename(host.file)
            host.send(50, 50)
            wait_for(lambda: len(host.stored()) >= 80, "draining into the new file", 30)
            assert host.stored() == once(50, 100) | once(1000, 1030)
        assert not host.lost()


def test_a_database_cut_to_nothing_takes_what_comes_later(tmp_path: Path) -> None:
    """What was in it is gone; once its processes let go of it, all goes on."""
    with hosting(tmp_path) as host:
        host.send(0, 50)
        assert host.stored() == once(0, 50)
        with bounded(host):
            with host.file.open("r+b") as file:
                file.truncate(0)
            host.send(50, 50)
            told = summary(host)
            assert told.code in (0, 1)
        asked = host.drain(0.5)
    # Whoever still maps its -shm can't go on; what waits is there for the next.
    assert asked.waiting in (0, 50)
    stored = host.stored()
    assert set(stored.values()) <= {1}
    assert set(range(50, 100)) <= set(stored)
    assert not host.lost()


def test_a_database_made_read_only_lets_measurements_wait(tmp_path: Path) -> None:
    """Workers that have it open go on; those that come later keep what they measure."""
    with hosting(tmp_path, before=obey_modes) as host:
        host.send(0, 20)
        drained_by_workers(host, 20)
        old = set(host.workers())
        host.file.chmod(0o444)
        host.send(20, 20)
        drained_by_workers(host, 40)
        host.process.send_signal(signal.SIGHUP)
        wait_for(lambda: old.isdisjoint(host.workers()), "other workers", 30)
        host.send(40, 50)
        wait_for(lambda: "can't be written" in host.told(), "a word about it", 30)
        assert host.rows() == once(0, 40)
        host.file.chmod(0o644)
        drained_by_workers(host, 90)
        assert host.rows() == once(0, 90)
        assert not host.lost()
