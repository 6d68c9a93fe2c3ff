from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from flask_profiler.spool import segment as segments
from flask_profiler.spool.own import OwnSegment
from flask_profiler.spool.segment import HEADER_SIZE, listed, opened

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def made(folder: Path) -> None:
    folder.mkdir(mode=0o700)


def test_a_segment_is_private_and_says_what_it_is(folder: Path) -> None:
    own = OwnSegment(folder)
    path = folder / own.name
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == b'{"spool": 1, "drained": %20d}\n' % HEADER_SIZE


def test_nobody_sees_a_segment_before_it_is_locked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = segments.lock

    def watched(fd: int) -> None:
        assert listed(folder) == []
        lock(fd)
        assert listed(folder) == []

    monkeypatch.setattr(segments, "lock", watched)
    own = OwnSegment(folder)
    assert listed(folder) == [own.name]


def test_a_file_that_is_there_is_never_taken_for_a_new_segment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "urandom", bytes)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    (folder / f".segment-0-{'00' * 12}.ndjson").write_bytes(b"somebody's")
    with pytest.raises(FileExistsError):
        OwnSegment(folder)


def test_no_two_segments_have_a_name_in_common(folder: Path) -> None:
    own = [OwnSegment(folder) for _ in range(50)]
    assert len({segment.name for segment in own}) == 50


def test_a_segment_has_an_owner_until_it_is_closed(folder: Path) -> None:
    own = OwnSegment(folder)
    with opened(folder, own.name) as segment:
        assert segment is not None
        assert not segment.abandoned
    own.close()
    with opened(folder, own.name) as segment:
        assert segment is not None
        assert segment.abandoned


def test_the_end_of_a_segment_is_read_after_its_lock_was_tried(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OwnSegment(folder)
    try_lock = segments.try_lock

    def last_moment(fd: int) -> bool:
        own.write(b"last\n")
        own.close()
        return try_lock(fd)

    monkeypatch.setattr(segments, "try_lock", last_moment)
    with opened(folder, own.name) as segment:
        assert segment is not None
        assert segment.abandoned
        assert segment.size == HEADER_SIZE + 5


def test_a_segment_that_was_unlinked_meanwhile_is_not_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OwnSegment(folder)
    try_lock = segments.try_lock

    def last_moment(fd: int) -> bool:
        (folder / own.name).unlink()
        return try_lock(fd)

    monkeypatch.setattr(segments, "try_lock", last_moment)
    with opened(folder, own.name) as segment:
        assert segment is None


def test_how_far_it_is_drained_stands_in_the_header_and_only_grows(
    folder: Path,
) -> None:
    own = OwnSegment(folder)
    own.write(b"line\n")
    with opened(folder, own.name) as segment:
        assert segment is not None
        segment.note_drained(200)
        segment.note_drained(100)
        assert segment.drained == 200
    assert (folder / own.name).read_bytes().endswith(b" 200}\nline\n")


def test_a_damaged_header_says_nothing_and_is_left_alone(folder: Path) -> None:
    name = "segment-0-0.ndjson"
    (folder / name).write_bytes(bytes(HEADER_SIZE) + b"line\n")
    with opened(folder, name) as segment:
        assert segment is not None
        assert segment.drained == 0
        segment.note_drained(3)
        assert segment.drained == 0


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"")
    (folder / "segment-0-0.ndjson").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic"), opened(folder, "segment-0-0.ndjson"):
        pass


def test_a_folder_that_is_missing_has_no_segments(tmp_path: Path) -> None:
    assert listed(tmp_path / "none") == []
    assert segments.undrained_bytes(tmp_path / "none") == 0
    assert segments.waiting(tmp_path, "none") == 0


def test_a_segment_that_cannot_be_made_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(segments, "write_all", full)
    with pytest.raises(OSError, match="No space"):
        OwnSegment(folder)
    assert list(folder.iterdir()) == []


def test_what_was_left_hidden_is_removed_once_it_is_old_and_without_owner(
    folder: Path,
) -> None:
    old, young, owned = (folder / f".segment-{n}.ndjson" for n in "123")
    for path in (old, young, owned):
        path.touch()
    for path in (old, owned):
        os.utime(path, (1, 1))
    fd = os.open(owned, os.O_RDWR)
    segments.lock(fd)
    segments.sweep_hidden(folder)
    os.close(fd)
    assert sorted(folder.iterdir()) == [young, owned]


def test_a_segment_notices_that_its_file_was_deleted(folder: Path) -> None:
    own = OwnSegment(folder)
    assert not own.lost
    (folder / own.name).unlink()
    assert own.lost


def test_a_descriptor_that_the_host_closed_and_reused_is_left_to_the_host(
    folder: Path, tmp_path: Path
) -> None:
    own = OwnSegment(folder)
    number = own._fd
    os.close(number)
    assert own.lost
    low = os.open(tmp_path / "stranger", os.O_CREAT | os.O_RDWR)
    assert low < number, "by chance no host gets this number"
    strangers = os.dup2(low, number)
    os.close(low)
    assert own.lost
    own.close()
    os.close(strangers)


def test_closing_twice_or_after_the_host_did_is_harmless(folder: Path) -> None:
    own = OwnSegment(folder)
    own.close()
    own.close()
    other = OwnSegment(folder)
    os.close(other._fd)
    other.close()
