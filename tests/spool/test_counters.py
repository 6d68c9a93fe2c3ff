from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING

import pytest

from flask_profiler.spool import counters
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.files import lock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def made(folder: Path) -> None:
    folder.mkdir(mode=0o700)


def add_often(folder: Path, times: int) -> None:
    for _ in range(times):
        while not counters.add(folder, Counts(1, 2, 3)):
            pass


def test_what_was_never_counted_is_nothing(folder: Path) -> None:
    assert counters.read(folder) == Counts()
    assert list(folder.iterdir()) == []
    assert not Counts()


def test_counts_of_several_processes_add_up(folder: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [
        context.Process(target=add_often, args=(folder, 200)) for _ in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert counters.read(folder) == Counts(600, 1200, 1800)


def test_counting_changes_the_file_in_place(folder: Path) -> None:
    counters.prepare(folder)
    before = (folder / counters.FILE).stat()
    counters.add(folder, Counts(dropped=10**19))
    after = (folder / counters.FILE).stat()
    assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size)
    assert counters.read(folder) == Counts(dropped=10**19)


def test_who_counts_never_waits_for_a_process_that_was_stopped(folder: Path) -> None:
    counters.prepare(folder)
    fd = os.open(folder / counters.FILE, os.O_RDWR)
    lock(fd)
    assert not counters.add(folder, Counts(1))
    os.close(fd)
    assert counters.add(folder, Counts(1))
    assert counters.read(folder) == Counts(1)


def test_a_damaged_file_counts_from_nothing(folder: Path) -> None:
    (folder / counters.FILE).write_bytes(bytes(200))
    assert counters.read(folder) == Counts()
    counters.add(folder, Counts(1))
    assert counters.read(folder) == Counts(1)
