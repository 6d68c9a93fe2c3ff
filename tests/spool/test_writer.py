from __future__ import annotations

import errno
import os
import resource
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from flask_profiler.spool import counters
from flask_profiler.spool import own as own_module
from flask_profiler.spool import writer as module
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.files import lock
from flask_profiler.spool.refuge import refuge_of
from flask_profiler.spool.segment import HEADER_SIZE, listed, opened
from flask_profiler.spool.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINE = b'{"a line":"of some length"}\n'


def contents(folder: Path) -> list[bytes]:
    """Give what stands in each segment, behind its header."""
    return [(folder / name).read_bytes()[HEADER_SIZE:] for name in listed(folder)]


def all_lines(folder: Path) -> list[bytes]:
    return b"".join(contents(folder)).splitlines()


class Clock:
    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "tick_ns", clock)
    monkeypatch.setattr(own_module, "tick_ns", clock)
    return clock


@pytest.fixture
def small_files() -> Iterator[Any]:
    """Limit how long a file may become, as a full disk does: in mid-line."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_line_is_in_the_file_when_append_returns(
    folder: Path, writer: Writer
) -> None:
    assert writer.append(LINE)
    assert contents(folder) == [LINE]


def test_nothing_is_made_before_the_first_line(folder: Path, writer: Writer) -> None:
    writer.close()
    assert not folder.exists()


def test_a_segment_that_is_large_enough_is_followed_by_the_next(folder: Path) -> None:
    writer = Writer(folder, 8 * 1000)
    for _ in range(100):
        assert writer.append(LINE)
    sizes = [len(content) + HEADER_SIZE for content in contents(folder)]
    assert len(sizes) > 2
    assert max(sizes) < 1000 + len(LINE)
    assert all_lines(folder) == [LINE.strip()] * 100


def test_a_segment_that_was_left_may_be_retired_at_once(folder: Path) -> None:
    writer = Writer(folder, 8 * 1000)
    for _ in range(50):
        writer.append(LINE)
    owned = []
    for name in listed(folder):
        with opened(folder, name) as segment:
            assert segment is not None
            owned.append(not segment.abandoned)
    assert sum(owned) == 1


def test_a_drained_segment_is_followed_by_the_next_after_seconds(
    folder: Path, writer: Writer, clock: Clock
) -> None:
    writer.append(LINE)
    with opened(folder, *listed(folder)) as segment:
        assert segment is not None
        segment.note_drained(segment.size)
    clock.now += 2_000_000_000
    writer.append(LINE)
    assert len(listed(folder)) == 1
    clock.now += 4_000_000_000
    writer.append(LINE)
    assert len(listed(folder)) == 2


def test_while_nobody_drains_age_makes_no_new_segments(
    folder: Path, writer: Writer, clock: Clock
) -> None:
    for _ in range(10):
        writer.append(LINE)
        clock.now += 10_000_000_000
    assert len(listed(folder)) == 1


def test_a_segment_that_somebody_deleted_is_replaced_and_loses_nothing_new(
    folder: Path, writer: Writer, clock: Clock
) -> None:
    """Lines since the last look are saved; older ones are meant to be gone."""
    writer.append(b"old\n")
    clock.now += 2_000_000_000
    writer.append(b"new\n")
    (folder / listed(folder)[0]).unlink()
    assert writer.append(b"later\n")
    clock.now += 2_000_000_000
    writer.append(LINE)
    assert contents(folder) == [b"new\nlater\n" + LINE]


def test_what_was_drained_of_a_deleted_segment_is_not_written_again(
    folder: Path, writer: Writer, clock: Clock
) -> None:
    writer.append(b"drained\n")
    with opened(folder, *listed(folder)) as segment:
        assert segment is not None
        segment.note_drained(segment.size)
    writer.append(b"new\n")
    (folder / listed(folder)[0]).unlink()
    clock.now += 2_000_000_000
    writer.append(LINE)
    assert contents(folder) == [b"new\n" + LINE]


def test_a_folder_that_somebody_deleted_is_made_again(
    folder: Path, writer: Writer
) -> None:
    """If no line comes any more, what can be saved is saved at the end."""
    writer.append(LINE)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    writer.close()
    assert contents(folder) == [LINE]


def test_after_a_short_write_the_next_line_begins_with_a_newline(
    folder: Path, writer: Writer, small_files: Any
) -> None:
    writer.append(LINE)
    small_files(HEADER_SIZE + len(LINE) + 5)
    assert not writer.append(LINE)
    small_files(1_000_000)
    assert writer.append(LINE)
    assert writer.append(LINE)
    assert contents(folder) == [LINE + LINE[:5] + b"\n" + LINE + LINE]
    assert counters.read(folder) == Counts()


def test_a_short_write_that_can_be_finished_loses_nothing(
    folder: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.append(LINE)
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:20]))
    assert writer.append(LINE)
    monkeypatch.undo()
    assert writer.append(LINE)
    assert contents(folder) == [LINE * 3]


def test_a_write_that_goes_on_in_crumbs_is_given_up_and_torn(
    folder: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.append(LINE)
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:1]))
    assert not writer.append(LINE)
    monkeypatch.undo()
    assert writer.append(LINE)
    assert contents(folder) == [LINE + LINE[:4] + b"\n" + LINE]


def test_a_full_disk_drops_counts_and_says_so_once(
    folder: Path,
    writer: Writer,
    clock: Clock,
    small_files: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    writer.append(LINE)
    small_files(HEADER_SIZE + len(LINE))
    for _ in range(5):
        assert not writer.append(LINE)
        clock.now += 1_000_000_000
    small_files(1_000_000)
    clock.now += 1_000_000_000
    assert writer.append(LINE)
    assert counters.read(folder) == Counts(dropped=5)
    assert contents(folder) == [LINE * 2]
    assert [r.levelname for r in caplog.records] == ["WARNING"]


def test_a_full_spool_drops_counts_and_takes_lines_again_once_drained(
    folder: Path, clock: Clock
) -> None:
    writer = Writer(folder, 4000)
    taken = sum(writer.append(LINE) for _ in range(300))
    assert 0 < taken < 300
    assert 4000 - 8 * 100 < sum(len(c) for c in contents(folder)) <= 4000
    assert counters.read(folder) == Counts(dropped=300 - taken)
    for name in listed(folder):
        with opened(folder, name) as segment:
            assert segment is not None
            segment.note_drained(segment.size)
    clock.now += 1_000_000_000
    assert writer.append(LINE)


def test_the_limit_holds_for_all_processes_together(folder: Path) -> None:
    first, second = Writer(folder, 4000), Writer(folder, 4000)
    while first.append(LINE):
        pass
    assert not second.append(LINE)
    assert counters.read(folder) == Counts(dropped=2)


def test_what_could_not_be_counted_at_once_is_counted_later(folder: Path) -> None:
    writer = Writer(folder, 4000)
    while writer.append(LINE):
        pass
    fd = os.open(folder / counters.FILE, os.O_RDWR)
    lock(fd)
    assert not writer.append(LINE)
    os.close(fd)
    assert counters.read(folder) == Counts(dropped=1)
    writer.close()
    assert counters.read(folder) == Counts(dropped=2)


def test_a_descriptor_that_the_host_closed_costs_no_line(
    folder: Path, writer: Writer
) -> None:
    writer.append(LINE)
    assert writer._own is not None
    os.close(writer._own._fd)
    assert writer.append(LINE)
    assert contents(folder) in ([LINE, LINE], [LINE * 2])
    assert not counters.read(folder)


def test_a_folder_that_cannot_be_used_is_named_and_another_one_taken(
    folder: Path, writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    assert writer.append(LINE)
    assert list(folder.iterdir()) == []
    assert contents(refuge_of(folder)) == [LINE]
    assert str(folder) in caplog.text
    assert "chmod 700" in caplog.text


def test_a_spool_that_can_neither_be_written_nor_counted_raises_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    writer = Writer(tmp_path / "file" / "spool", 1_000_000)
    assert not writer.append(LINE)
    assert os.strerror(errno.ENOTDIR) in caplog.text
    assert str(tmp_path / "file" / "spool") in caplog.text
    assert "storage.SPOOL" in caplog.text


@pytest.mark.swallows
def test_a_fault_of_ours_is_swallowed_and_the_line_counted(
    folder: Path, writer: Writer, swallowed: list[BaseException]
) -> None:
    writer.append(LINE)
    assert not writer.append("not bytes")  # type: ignore[arg-type]
    assert [type(error) for error in swallowed] == [TypeError]
    assert counters.read(folder) == Counts(dropped=1)


def test_threads_never_write_into_a_strangers_file(
    folder: Path, tmp_path: Path
) -> None:
    """Rotation frees descriptor numbers, which others take at once."""
    writer = Writer(folder, 8 * 600, seconds=0)
    stop = threading.Event()
    stained: list[bytes] = []

    def stranger() -> None:
        path = tmp_path / f"stranger-{threading.get_ident()}"
        while not stop.is_set():
            fd = os.open(path, os.O_RDWR | os.O_CREAT)
            os.close(os.dup(fd))
            stained.extend(filter(None, [os.pread(fd, 10, 0)]))
            os.close(fd)

    written: list[int] = []

    def append(number: int) -> None:
        lines = [b"%d-%d\n" % (number, count) for count in range(300)]
        written.append(sum(map(writer.append, lines)))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    strangers = [threading.Thread(target=stranger) for _ in range(2)]
    authors = [threading.Thread(target=append, args=(n,)) for n in range(4)]
    for thread in strangers + authors:
        thread.start()
    for thread in authors:
        thread.join(30)
    stop.set()
    for thread in strangers:
        thread.join(30)
    sys.setswitchinterval(interval)
    assert stained == []
    assert len(set(all_lines(folder))) == len(all_lines(folder)) == sum(written)


def test_a_descriptor_is_not_closed_while_another_thread_writes_to_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(folder, 8 * 600)
    writer.append(LINE)
    write, others = os.write, []

    def slow(fd: int, data: bytes) -> int:
        if not others:
            # Longer than what the segment has left: a new one is needed.
            rotate = threading.Thread(target=writer.append, args=(b"x" * 700 + b"\n",))
            others.append(rotate)
            rotate.start()
            rotate.join(0.2)
            assert rotate.is_alive()
        return write(fd, data)

    monkeypatch.setattr(os, "write", slow)
    assert writer.append(LINE)
    others[0].join(10)
    assert sorted(len(line) for line in all_lines(folder)) == [27, 27, 700]


def test_a_line_appended_from_a_signal_handler_does_not_deadlock(
    folder: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    nested = iter([True])

    def interrupted(fd: int, data: bytes) -> int:
        if next(nested, False):
            writer.append(b"inner\n")
        return write(fd, data)

    writer.append(b"first\n")
    monkeypatch.setattr(os, "write", interrupted)
    assert writer.append(b"outer\n")
    assert all_lines(folder) == [b"first", b"inner", b"outer"]
