"""Workers that don't drain, and a process beside them that does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flask_profiler.errors import StorageError
from flask_profiler.spool import segment
from flask_profiler.storage.registry import open_url
from tests.integration.conftest import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.conftest import Server

FLASK = [str(Path(sys.executable).with_name("flask")), "--app", "served", "profiler"]
OPTIONS = ["-w", "2", "-k", "gthread", "--threads", "4", "--env", "DRAIN=outside"]
ENVIRONMENT = {**os.environ, "DRAIN": "outside", "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def watch() -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start `flask profiler drain --watch` for the application that is served."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [*FLASK, "drain", "--watch"]
        started.append(
            subprocess.Popen(
                command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def status() -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [*FLASK, "status", "--json"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def count() -> int:
    """Count what is in the store, and drain nothing."""
    storage = open_url("store.sql")
    try:
        return storage.facts().count or 0
    except StorageError:
        return 0
    finally:
        storage.close()


def test_what_workers_leave_is_drained_beside_them_also_after_a_kill(
    serve: Callable[..., Server], watch: Callable[[], subprocess.Popen[str]]
) -> None:
    server = serve(*OPTIONS)
    for thread in server.load(threads=4, each=100):
        thread.join()
    assert not Path("store.sql").exists()
    _, told = status()
    workers = server.books.workers()
    spool, draining = told["spool"], told["draining"]
    assert (spool["waiting"], spool["writers"]) == (400, len(workers))
    assert draining["by"] == "others"

    first = watch()
    running = server.load(threads=4, each=500, first=400)
    wait_for(lambda: count() > 400, "something drained", 60)
    first.kill()
    second = watch()
    for thread in running:
        thread.join()
    answered = set(server.books.answered)
    assert len(answered) == 2400
    wait_for(lambda: count() == 2400, "everything drained", 60)
    code, told = status()
    assert (code, told["draining"]["state"]) == (0, "nothing waits")

    os.kill(next(iter(server.books.workers())), signal.SIGKILL)
    server.stop()
    folder = Path("store.sql.spool")
    wait_for(lambda: not segment.listed(folder), "files of the dead retired", 60)
    second.terminate()
    assert second.wait(30) == 0
    counts = server.stored()
    assert set(counts) == answered
    assert set(counts.values()) == {1}
