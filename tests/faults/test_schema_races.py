"""Two versions of the schema at once: who creates, who migrates, and who waits."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from collections import Counter
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from flask_profiler.cli import profiler
from flask_profiler.line.encode import encode
from flask_profiler.query import Filter
from flask_profiler.recorder import Drainer, drain_for_reader
from flask_profiler.spool import counters
from flask_profiler.spool.folder import folder_for
from flask_profiler.spool.writer import Writer
from flask_profiler.storage.registry import open_url
from flask_profiler.storage.sqlite import schema
from tests.faults.storage_faults import Child, once
from tests.lines import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask_profiler.recorder import Outcome

PROCESSES = 8
EACH = 50
STEP = """
CREATE TABLE "{prefix}_steps" (step INTEGER);
INSERT INTO "{prefix}_steps" VALUES (2);
"""
"""Done twice it fails, done by halves its row is missing."""

TOO_NEW = "has schema version 2; this version of flask-profiler knows 1"


@contextmanager
def newer() -> Iterator[None]:
    """Be the version of the package that knows one step more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "STEPS", (*schema.STEPS, STEP))
        patch.setattr(schema, "VERSION", 2)
        yield


def spool_lines(file: Path, first: int) -> None:
    """Spool as a worker does, and leave the segment to whoever drains."""
    writer = Writer(folder_for(open_url(str(file)), None), 50_000_000)
    for number in range(first, first + EACH):
        now = time.time_ns() // 1000
        assert writer.append(encode(line(started=now, kwargs={"number": number})))
    writer.close()


def drain(file: Path) -> Outcome:
    storage = open_url(str(file))
    try:
        return drain_for_reader(storage, folder_for(storage, None), 30)
    finally:
        storage.close()


def drain_all(file: Path) -> str:
    """Drain as a worker does, until nothing is left or the schema is too new."""
    storage = open_url(str(file))
    drainer = Drainer(folder_for(storage, None), storage)
    end = time.monotonic() + 60
    reason = "not begun"
    while reason != "None" and TOO_NEW not in reason:
        assert time.monotonic() < end, reason
        reason = str(drainer.run().reason)
    storage.close()
    return reason


def worker(file: Path, index: int, start: Callable[[], object]) -> str:
    """Spool and drain, as the one version or the other."""
    start()
    spool_lines(file, index * EACH)
    if index % 2:
        return drain_all(file)
    with newer():
        return drain_all(file)


def numbers(file: Path) -> Counter[object]:
    storage = open_url(str(file))
    try:
        return Counter(m.kwargs["number"] for m in storage.find(Filter()))
    finally:
        storage.close()


def steps_of(file: Path) -> tuple[int, list[tuple[int]]]:
    """Give the version that stands in a file, and how often the second step was."""
    with closing(sqlite3.connect(file)) as db:
        asked = "SELECT value FROM measurements_meta WHERE key = 'schema'"
        ((version,),) = db.execute(asked)
        return version, list(db.execute("SELECT step FROM measurements_steps"))


@pytest.mark.parametrize("exists", [False, True], ids=["creating", "migrating"])
@pytest.mark.parametrize("attempt", range(2))
def test_two_versions_race_from_eight_processes_and_lose_nothing(
    tmp_path: Path, attempt: int, *, exists: bool
) -> None:
    """The step is made once; whoever is too old for it leaves the rest to others."""
    file = tmp_path / "store.sql"
    count = PROCESSES * EACH
    if exists:
        spool_lines(file, count)
        assert drain(file).waiting == 0
    barrier = multiprocessing.get_context("fork").Barrier(PROCESSES)
    children = [
        Child(lambda index=index: worker(file, index, barrier.wait))  # type: ignore[misc]
        for index in range(PROCESSES)
    ]
    told = [child.result() for child in children]
    assert told[0::2] == ["None"] * 4
    assert all(reason == "None" or TOO_NEW in reason for reason in told[1::2]), told
    count += EACH if exists else 0
    # The old ones may have been so quick that the new ones found nothing to drain.
    spool_lines(file, count)
    with newer():
        # And what the old ones spooled after the last new one had looked.
        assert drain(file).waiting == 0
        assert numbers(file) == once(0, count + EACH)
    assert steps_of(file) == (2, [(2,)])
    assert not counters.read(folder_for(open_url(str(file)), None))


def test_a_version_that_is_too_old_keeps_all_in_the_spool_and_says_why(
    tmp_path: Path,
) -> None:
    """It alters nothing in the file, and the newer version drains what it kept."""
    file = tmp_path / "store.sql"
    spool_lines(file, 0)
    with newer():
        assert drain(file).waiting == 0
    before = file.read_bytes()
    spool_lines(file, EACH)
    outcome = drain(file)
    assert outcome.waiting == EACH
    assert TOO_NEW in str(outcome.reason)
    assert "Upgrade flask-profiler" in str(outcome.hint)
    asked = CliRunner().invoke(profiler, ["summary", "--db", str(file)])
    assert asked.exit_code == 1
    assert TOO_NEW in asked.stderr
    assert f"{EACH} measurements still wait in the spool" in asked.stderr
    assert file.read_bytes() == before
    with newer():
        assert drain(file).waiting == 0
        assert numbers(file) == once(0, 2 * EACH)
