"""Processes that write and drain, and are killed: every line is there exactly once."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from ledgers import Idempotent, Ledger, Spool

from flask_profiler.line.encode import encode
from flask_profiler.recorder import Drainer
from flask_profiler.spool import counters
from flask_profiler.spool.writer import Writer
from tests.lines import line

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

SECONDS = 2.5
THREADS = 3


def write(folder: Path, answers: Path, name: str) -> None:
    """Append from several threads, and answer each line once it is appended."""
    writer = Writer(folder, 8 * 20_000, seconds=0.05)
    answered = os.open(answers, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def work(thread: int) -> None:
        for number in range(1_000_000):
            text = f"{name}-{thread}-{number}"
            new = line(text, body="x" * (number % 300))
            if writer.append(encode(new)):
                os.write(answered, text.encode() + b"\n")

    for thread in range(THREADS):
        threading.Thread(target=work, args=(thread,)).start()


def drain(folder: Path, store: Ledger) -> None:
    drainer = Drainer(folder, type(store)(store.path))
    while True:
        drainer.run(seconds=1.0, wait=random.Random().choice([0.0, 0.1]))


def forked(work: object, *args: object) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work(*args)  # type: ignore[operator]
            threading.Event().wait()
        finally:
            os._exit(1)
    return pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@pytest.mark.parametrize("kind", [Ledger, Idempotent])
def test_every_line_that_was_appended_is_stored_exactly_once(
    spool: Spool, tmp_path: Path, kind: type[Ledger]
) -> None:
    store = kind(tmp_path / "stress.db")
    store.names()
    answers = tmp_path / "answers"
    chance, made = random.Random(5), 0
    writers: list[int] = []
    drainers: list[int] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        while len(writers) < 3:
            made += 1
            writers.append(forked(write, spool.folder, answers, str(made)))
        while len(drainers) < 3:
            drainers.append(forked(drain, spool.folder, store))
        time.sleep(chance.uniform(0.01, 0.1))
        victims = writers if chance.random() < 0.5 else drainers
        kill(victims.pop(chance.randrange(len(victims))))
    for pid in writers + drainers:
        kill(pid)
    Drainer(spool.folder, store).run(seconds=20.0, wait=5.0)
    stored = Counter(store.names())
    answered = set(answers.read_text().splitlines())
    assert len(answered) > 100
    assert answered - stored.keys() == set()
    assert len(stored.keys() - answered) <= made * THREADS
    assert spool.segments() == []
    assert counters.read(spool.folder).rejected == 0
    assert sum(stored.values()) == len(stored)
