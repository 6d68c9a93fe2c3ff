"""What can be seen of draining from outside, and what it proves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flask_profiler.clock import US
from flask_profiler.line.encode import encode
from flask_profiler.recorder import Drainer
from flask_profiler.recorder.outcome import Patience
from flask_profiler.reports import draining
from flask_profiler.reports.draining import look
from flask_profiler.spool import segment
from flask_profiler.spool.writer import Writer
from flask_profiler.storage.sqlite.engine import SQLite
from tests.lines import line

NOW_US = 1_795_356_225_000_000


def write(folder: Path, *ages: float) -> Writer:
    writer = Writer(folder, 1_000_000_000)
    for age in ages:
        started = NOW_US - round(age * US)
        assert writer.append(encode(line(started=started, phases=(0, 0, 0, 0))))
    return writer


def meanwhile(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """Have something done while the backlog is watched."""

    def sleep(seconds: float) -> None:
        del seconds
        action()

    monkeypatch.setattr(draining.time, "sleep", sleep)


def test_where_there_is_no_spool_nothing_waits(tmp_path: Path) -> None:
    seen = look(tmp_path / "none", 0.25, NOW_US)
    assert seen.draining == "nothing waits"
    assert (seen.backlog.lines, seen.backlog.size) == (0, 0)


def test_the_oldest_line_of_all_segments_counts(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    writers = [write(folder, 5, 4), write(folder, 8, 9), write(folder, 1)]
    seen = look(folder, 0.25, NOW_US)
    assert seen.draining == "recent"
    # The lines of a process come one after the other: the first is the oldest.
    assert seen.backlog.since_us == NOW_US - 8 * US
    assert (seen.backlog.lines, seen.backlog.writers) == (5, 3)
    for writer in writers:
        writer.close()
    assert look(folder, 0.25, NOW_US).backlog.writers == 0


def test_headers_that_move_prove_that_somebody_drains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    writer = write(folder, *(60.0 for _ in range(2500)))
    storage = SQLite({"FILE": str(tmp_path / "store.sql")})
    batches = iter([1])

    def drain_a_batch() -> None:
        stop = lambda: next(batches, None) is None  # noqa: E731
        Drainer(folder, storage).sweep(Patience(stop=stop))

    meanwhile(monkeypatch, drain_a_batch)
    seen = look(folder, 0.25, NOW_US)
    assert seen.draining == "behind"
    assert 0 < storage.facts().count < 2500
    writer.close()
    storage.close()


def test_a_segment_that_goes_away_proves_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    write(folder, 60).close()
    storage = SQLite({"FILE": str(tmp_path / "store.sql")})
    meanwhile(monkeypatch, Drainer(folder, storage).run)
    assert look(folder, 0.25, NOW_US).draining == "behind"
    assert segment.listed(folder) == []
    storage.close()


def test_new_lines_do_not_pass_for_draining(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    writer = write(folder, 60)
    others: list[Writer] = []
    pause = time.sleep

    def write_more() -> None:
        others.append(write(folder, 0))
        pause(0.05)

    meanwhile(monkeypatch, write_more)
    assert look(folder, 0.25, NOW_US).draining == "stalled"
    for one in (writer, *others):
        one.close()


def test_a_line_that_cannot_be_read_is_as_young_as_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    writer = write(folder, 3)
    [name] = segment.listed(folder)
    with (folder / name).open("r+b") as file:
        file.seek(segment.HEADER_SIZE)
        file.write(b"x" * 20)
    os.utime(folder / name, (NOW_US / US - 7, NOW_US / US - 7))
    backlog = look(folder, 0.25, NOW_US).backlog
    assert (backlog.lines, backlog.since_us) == (1, NOW_US - 7 * US)
    writer.close()


def test_a_piece_of_a_line_does_not_wait(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(0o700)
    fd, _ = segment.create(folder)
    os.write(fd, b'{"v":1,"uid":')
    seen = look(folder, 0.25, NOW_US)
    os.close(fd)
    assert seen.draining == "nothing waits"
    assert (seen.backlog.lines, seen.backlog.bytes) == (0, 13)
