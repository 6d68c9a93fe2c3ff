from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from flask_profiler.errors import ConfigError, StorageUnavailableError
from flask_profiler.spool import counters, segment
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.folder import check, folder_for, make


class Store:
    """What the spool asks a storage."""

    def __init__(self, location: str, own: Path | None = None) -> None:
        self.location = location
        self.own = own

    def default_spool(self) -> Path | None:
        return self.own


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be another user than the one who makes the test's files."""
    uid = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: uid)


def test_the_configured_folder_comes_first(tmp_path: Path) -> None:
    store = Store("x:1", tmp_path / "own")
    assert folder_for(store, tmp_path / "mine") == tmp_path / "mine"


def test_a_configured_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    folder = folder_for(Store("x:1"), tmp_path / "link")
    make(folder)
    assert folder == tmp_path / "real"


def test_the_folder_that_belongs_to_the_store_comes_next(tmp_path: Path) -> None:
    assert folder_for(Store("x:1", tmp_path / "own"), None) == tmp_path / "own"


def test_else_it_is_a_folder_of_its_own_for_each_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one, two = (folder_for(Store(name), None) for name in ("mongodb:a", "mongodb:b"))
    digest = hashlib.sha256(b"mongodb:a").hexdigest()[:32]
    assert one == tmp_path / f"flask_profiler-{digest}.spool"
    assert one != two
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_made_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    make(tmp_path / "spool")
    os.umask(before)
    mode = (tmp_path / "spool").stat().st_mode
    assert stat.S_IMODE(mode) == 0o700


def test_a_folder_that_is_not_there_is_not_made_for_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make(tmp_path / "mistyped" / "spool")
    assert list(tmp_path.iterdir()) == []


def test_making_it_twice_is_harmless(tmp_path: Path) -> None:
    make(tmp_path / "spool")
    make(tmp_path / "spool")


@pytest.mark.parametrize("mode", [0o770, 0o720, 0o702, 0o777])
def test_a_folder_that_others_may_write_to_is_refused_with_a_cure(
    tmp_path: Path, mode: int
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(ConfigError, match="written to by other") as caught:
        make(folder)
    assert caught.value.hint == f"Close it with: chmod 700 '{folder}'"


def test_a_folder_that_others_may_only_read_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(mode=0o755)
    make(folder)


@pytest.mark.usefixtures("nobody")
def test_a_folder_of_another_user_is_refused_with_a_cure(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(mode=0o700)
    with pytest.raises(StorageUnavailableError, match="another user") as caught:
        make(folder)
    assert "SPOOL" in str(caught.value.hint)


def test_root_may_drain_the_folder_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(
        os, "lstat", lambda path: _owned_by(Path(path).lstat(), os.getuid() + 5)
    )
    check(folder)


def _owned_by(found: os.stat_result, uid: int) -> os.stat_result:
    values = list(found)
    values[stat.ST_UID] = uid
    return os.stat_result(values)


def test_a_link_or_a_file_in_place_of_the_private_folder_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(ConfigError, match="not a directory"):
            make(tmp_path / name)


def test_what_root_makes_in_a_folder_belongs_to_the_owner_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, int]] = []
    real, fstat = Path.stat, os.fstat
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fstat", lambda fd: _owned_by(fstat(fd), 0))
    monkeypatch.setattr(Path, "stat", lambda path: _owned_by(real(path), 33))
    monkeypatch.setattr(os, "fchown", lambda fd, uid, gid: given.append((uid, gid)))
    counters.add(tmp_path, Counts(1))
    fd, _ = segment.create(tmp_path)
    os.close(fd)
    assert [uid for uid, _ in given] == [33, 33]
