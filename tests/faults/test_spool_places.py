"""The spool's folder can't be made, is removed, or is somebody else's."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flask_profiler.line.encode import encode
from flask_profiler.query import Filter
from flask_profiler.recorder import drain_for_reader
from flask_profiler.spool import segment as segments
from flask_profiler.spool.folder import check
from flask_profiler.spool.refuge import refuge_of
from flask_profiler.spool.writer import Writer
from flask_profiler.storage.registry import open_url
from tests.faults.storage_faults import (
    NOBODY,
    as_nobody,
    bounded,
    drained_by_workers,
    hosting,
    obey_modes,
    once,
    summary,
)
from tests.lines import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.storage_faults import Host


@pytest.fixture
def open_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder that any user can reach and write, and use for what is private."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o1777)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


def in_refuge(host: Host) -> int:
    refuge = refuge_of(host.spool)
    return sum(segments.waiting(refuge, name) for name in segments.listed(refuge))


def test_where_a_folder_may_not_be_written_measurements_wait_until_it_may(
    tmp_path: Path,
) -> None:
    """Neither the database nor the spool can be made; both are, once they can."""
    data = tmp_path / "data"
    data.mkdir(mode=0o555)
    with hosting(tmp_path, file="data/store.sql", before=obey_modes) as host:
        host.send(0, 30)
        assert in_refuge(host) == 30
        assert list(data.iterdir()) == []
        assert f"spools to {refuge_of(host.spool)}" in host.told()
        data.chmod(0o755)
        drained_by_workers(host, 30)
        after = host.takes_up(30)
        assert host.stored() == once(0, after)
        assert not host.lost()


def test_a_spool_removed_under_a_server_loses_nothing_that_comes_after(
    tmp_path: Path,
) -> None:
    with hosting(tmp_path) as host:
        host.send(0, 30)
        drained_by_workers(host, 30)
        with bounded(host):
            shutil.rmtree(host.spool)
            host.send(30, 60)
    assert host.stored() == once(0, 90)
    assert not host.lost()


def test_a_folder_removed_with_database_and_spool_keeps_what_comes_after(
    tmp_path: Path,
) -> None:
    """What was in it is gone; drained lines don't come back with the folder."""
    data = tmp_path / "data"
    data.mkdir()
    with hosting(tmp_path, file="data/store.sql") as host:
        host.send(0, 30)
        drained_by_workers(host, 30)
        with bounded(host):
            shutil.rmtree(data)
            host.send(30, 60)
            asked = summary(host)
            assert asked.code == 1
            assert "There is no folder" in asked.said
            data.mkdir()
            after = host.takes_up(90)
    assert host.stored() == once(30, after)
    assert not host.lost()


def test_a_spool_that_others_may_write_is_refused_and_another_taken(
    tmp_path: Path,
) -> None:
    """Opened to others while nothing runs: said at once, and nothing put there."""
    with hosting(tmp_path) as host:
        host.send(0, 10)
    host.spool.chmod(0o777)
    outcome = host.drain()
    assert "may be written to by other users" in str(outcome.reason)
    writer = Writer(host.spool, 1_000_000)
    before = sorted(host.spool.iterdir())
    assert writer.append(encode(line()))
    assert sorted(host.spool.iterdir()) == before
    host.spool.chmod(0o700)
    writer.close()
    assert host.drain().waiting == 0
    storage = open_url(str(host.file))
    assert storage.count(Filter()) == 11
    storage.close()


def test_somebody_elses_spool_is_refused_and_another_taken(open_folder: Path) -> None:
    foreign = Path("/usr")

    def append() -> list[str]:
        writer = Writer(foreign, 1_000_000)
        assert writer.append(encode(line()))
        assert writer._own is not None
        return [str(writer._own.folder)]

    refused = as_nobody(lambda: check(foreign))
    assert refused.startswith("StorageUnavailableError: The spool folder /usr belongs")
    (kept,) = as_nobody(append)
    assert Path(kept).parent == open_folder
    names = segments.listed(Path(kept))
    assert [segments.waiting(Path(kept), name) for name in names] == [1]


def test_a_refuge_that_somebody_prepared_is_neither_read_nor_written(
    open_folder: Path,
) -> None:
    """Anybody may make a folder where ours would be: even root stays away."""
    spool = open_folder / "missing" / "spool"
    refuge = refuge_of(spool)
    refuge.mkdir()
    refuge.chmod(0o777)
    writer = Writer(spool, 1_000_000)
    assert not writer.append(encode(line()))
    planted = refuge / "segment-1-1.ndjson"
    planted.write_bytes(
        b'{"spool": 1, "drained":                   42}\n' + encode(line())
    )
    assert segments.listed(spool) == []
    assert list(refuge.iterdir()) == [planted]


def test_root_drains_as_the_owner_who_goes_on_with_all_of_it(open_folder: Path) -> None:
    """What root makes on the way belongs to the owner of the folder."""
    home = open_folder / "home"
    file, spool = home / "store.sql", home / "store.sql.spool"

    def write(count: int) -> bool:
        home.mkdir(exist_ok=True)
        writer = Writer(spool, 1_000_000)
        return all(writer.append(encode(line())) for _ in range(count))

    def drain() -> int:
        storage = open_url(str(file))
        outcome = drain_for_reader(storage, spool, 30)
        assert outcome.reason is None, outcome
        found = storage.count(Filter())
        storage.close()
        return found

    assert as_nobody(lambda: write(5)) is True
    owner = home.stat().st_uid
    (spool / "segment-0-0.ndjson").write_bytes(b'{"v": 99}\n')
    assert drain() == 5
    made = [path for path in home.rglob("*") if path.name != "segment-0-0.ndjson"]
    assert {path.name for path in made} >= {"store.sql", "counts.json"}
    assert {path.stat().st_uid for path in made} == {owner}
    assert as_nobody(lambda: write(5)) is True
    assert as_nobody(drain) == 10
    assert owner == (NOBODY if os.geteuid() == 0 else os.geteuid())
