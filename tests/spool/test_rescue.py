"""What is saved where the spool's folder, its file, or any other folder is missing."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest

from flask_profiler.line.encode import encode
from flask_profiler.query import Filter
from flask_profiler.recorder import Drainer
from flask_profiler.spool import counters
from flask_profiler.spool.writer import Writer
from flask_profiler.storage.sqlite.engine import SQLite
from tests.lines import line

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def writer(folder: Path) -> Writer:
    return Writer(folder, 1 << 30)


def stored(folder: Path) -> int:
    storage = SQLite({"FILE": "stored.sql"})
    assert Drainer(folder, storage).run().waiting == 0
    return storage.count(Filter())


def test_a_torn_line_that_is_rescued_does_not_take_the_next_with_it(
    folder: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.append(encode(line("/first")))
    real, calls = os.write, iter([True])

    def short(fd: int, data: bytes) -> int:
        if next(calls, False):
            return real(fd, bytes(data)[:40])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", short)
        assert not writer.append(encode(line("/torn")))
    shutil.rmtree(folder)
    assert all(writer.append(encode(line(f"/{n}"))) for n in range(3))
    writer.close()
    assert stored(folder) == 4
    assert counters.read(folder).torn == 1


def test_without_any_temporary_directory_the_spool_folder_is_enough(
    folder: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    assert all(writer.append(encode(line(f"/{n}"))) for n in range(3))
    writer.close()
    assert stored(folder) == 3


def test_a_second_attempt_that_is_cut_off_does_not_take_the_next_line_with_it(
    folder: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.append(encode(line("/first")))
    real, answers = os.write, iter([0, 40, 0])

    def failing(fd: int, data: bytes) -> int:
        taken = next(answers, len(data)) if len(data) > 200 else len(data)
        if not taken:
            raise OSError(5, "Input/output error")
        return real(fd, bytes(data)[:taken])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", failing)
        writer.append(encode(line("/torn", body="x" * 300)))
    assert writer.append(encode(line("/next")))
    writer.close()
    assert stored(folder) >= 2
    storage = SQLite({"FILE": "stored.sql"})
    assert "/next" in {m.name for m in storage.find(Filter())}
