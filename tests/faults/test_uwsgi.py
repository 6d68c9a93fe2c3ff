"""uWSGI, where threads may not run and forks go unannounced: the books balance."""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing
from signal import SIGINT, SIGKILL, SIGTERM
from typing import TYPE_CHECKING

import pytest

from tests.faults.servers import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.servers import Server

THREADS = {
    "no threads": [],
    "threads": ["--enable-threads"],
    "four threads and an app each": ["--threads", "4", "--lazy-apps"],
}


@pytest.mark.parametrize("threads", THREADS)
def test_no_answer_is_lost_with_a_worker_of_uwsgi_that_is_killed(
    serve: Callable[..., Server], threads: str
) -> None:
    server = serve("uwsgi", "--master", *THREADS[threads])
    killed: set[int] = set()
    with server.load():
        for signal in (SIGKILL, SIGTERM, SIGINT):
            victim = server.busy_worker(but=killed)
            os.kill(victim, signal)
            killed.add(victim)
        server.answers(50)
    server.stop()
    server.balance()


@pytest.mark.parametrize("threads", ["no threads", "threads"])
def test_no_answer_is_lost_with_a_master_of_uwsgi_that_is_killed(
    serve: Callable[..., Server], threads: str
) -> None:
    """Three masters, whose workers share one store, are ended in three ways."""
    endings = (SIGKILL, SIGTERM, SIGINT)
    options = ["--master", "--no-orphans", "--die-on-term", *THREADS[threads]]
    servers = [serve("uwsgi", *options) for _ in endings]
    with ExitStack() as loads:
        for server in servers:
            loads.enter_context(server.load(clients=2))
        for server in servers:
            server.busy_worker()
        for server, ending in zip(servers, endings, strict=True):
            server.process.send_signal(ending)
        for server in servers:
            server.process.wait(30)
    for server in servers:
        server.gone()
    servers[0].balance()


@pytest.mark.parametrize("threads", ["no threads", "threads"])
def test_no_answer_is_lost_with_the_workers_that_uwsgi_replaces(
    serve: Callable[..., Server], threads: str
) -> None:
    """Because they have answered their share, or hang."""
    options = ["--max-requests", "100", "--harakiri", "1", *THREADS[threads]]
    server = serve("uwsgi", "--master", *options)
    with server.load(), closing(server.hang()):
        wait_for(lambda: len(server.books.workers()) >= 3, "another worker")
        wait_for(lambda: "HARAKIRI" in server.said(), "the end of what hangs")
        server.answers(50)
    server.stop()
    server.balance()


def test_where_no_threads_run_a_pause_of_the_load_leaves_the_store_unlocked(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    """A thread that only runs while a request does would stop in a transaction."""
    server = serve("uwsgi", "--master")
    for _ in range(15):
        with server.load():
            server.answers(50)
        assert set(server.stored().values()) == {1}
        with closing(sqlite3.connect(tmp_path / "store.sql", timeout=2)) as db:
            db.execute("BEGIN IMMEDIATE")
    server.balance()
    server.stop()
