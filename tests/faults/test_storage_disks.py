"""The disk of the database, or that of the spool, is full for a while."""

from __future__ import annotations

import resource
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests.faults.storage_faults import (
    bounded,
    drained_by_workers,
    hosting,
    locked,
    once,
    summary,
)
from tests.integration.conftest import wait_for
from tests.integration.test_bad_places import small_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.storage_faults import Host
    from tests.integration.test_bad_places import Disk

ROOM = 4096
"""Bytes that a file may have where no disk can be mounted: enough to count in."""


def limit(host: Host, size: int) -> None:
    """Let no file of the workers grow beyond `size` bytes from now on."""
    for pid in host.workers():
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def full(disk: Disk, host: Host) -> Iterator[None]:
    """Fill a disk while the block runs; a limit stands for one that isn't mounted."""
    if not disk.mounted:
        limit(host, ROOM)
        yield
        limit(host, resource.RLIM_INFINITY)
        return
    filler = disk.folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    yield
    filler.unlink()


def balance(host: Host) -> None:
    """Each answered request is stored once, or counted as lost, which is shown."""
    stored, lost = host.stored(), host.lost()
    assert set(stored.values()) == {1}
    assert set(stored) <= host.answered
    assert lost.rejected == 0
    assert len(stored) + lost.dropped + lost.torn == len(host.answered)
    asked = summary(host)
    assert asked.code == 0
    shown = f"{lost.dropped} measurements were dropped, because the spool"
    assert (shown in asked.said) == (lost.dropped > 0)


def test_while_the_disk_of_the_database_is_full_measurements_wait_in_the_spool(
    tmp_path: Path,
) -> None:
    """Nothing is lost, and what was stored stays; the log says what is the matter.

    Where no disk can be mounted the limit is that of the spool too.
    """
    with small_disk(tmp_path / "disk", mounting=True) as disk:
        place = {"SPOOL": str(tmp_path / "spool")}
        with hosting(tmp_path, file="disk/store.sql", storage=place) as host:
            host.send(0, 50)
            drained_by_workers(host, 50)
            with bounded(host), full(disk, host):
                host.send(50, 400)
                wait_for(lambda: "store measurements" in host.told(), "a word", 30)
                before = host.rows()
                assert once(0, 50).items() <= before.items()
            drained_by_workers(host, 450 if disk.mounted else 51)
            assert not disk.mounted or host.rows() == once(0, 450)
        assert host.lost().dropped == 0 or not disk.mounted
        balance(host)


@pytest.mark.parametrize("mounting", [True, False])
def test_while_the_disk_of_the_spool_is_full_measurements_are_dropped_and_counted(
    tmp_path: Path, *, mounting: bool
) -> None:
    """Where no disk can be mounted, a limit on the size of files stands for one."""
    with small_disk(tmp_path / "disk", mounting=mounting) as disk:
        place = {"SPOOL": str(disk.folder / "spool")}
        with hosting(tmp_path, storage=place) as host:
            host.send(0, 50)
            drained_by_workers(host, 50)
            with bounded(host):
                with full(disk, host):
                    host.send(50, 200)
                host.takes_up(250)
        assert host.lost().dropped > 0
        balance(host)


def test_a_spool_that_has_reached_its_limit_drops_counts_and_shows_the_rest(
    tmp_path: Path,
) -> None:
    most = 65_536
    with hosting(tmp_path, spool={"max_bytes": most}) as host:
        host.send(0, 20)
        drained_by_workers(host, 20)
        with bounded(host), locked(host.file):
            host.send(20, 400)
            # Readers can't drain now, but they look.
            sizes = [path.stat().st_size for path in host.spool.glob("segment-*")]
            assert sum(sizes) <= most + 20 * 1024
            assert host.lost().dropped > 100
            said = summary(host).said
            assert "were dropped, because the spool or its disk was full" in said
            assert f"the spool {host.spool} is full" in host.told()
        host.takes_up(420)
        host.stop()
        balance(host)
