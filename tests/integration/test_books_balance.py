"""Whatever a server does, each answered request is stored exactly once."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Server

MODES = {
    "sync": ["-w", "2"],
    "gthread": ["-w", "2", "-k", "gthread", "--threads", "8"],
    "preload": ["-w", "2", "-k", "gthread", "--threads", "8", "--preload"],
    "gevent": ["-w", "2", "-k", "gevent"],
}


@pytest.mark.parametrize("mode", MODES)
def test_every_answered_request_is_stored_once(
    serve: Callable[..., Server], mode: str
) -> None:
    server = serve(*MODES[mode])
    for thread in server.load(threads=8, each=2000):
        thread.join()
    assert len(server.books.answered) == 16_000
    assert len(server.books.workers()) == 2
    counts = server.stored()
    assert set(counts) == set(server.books.answered)
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("mode", ["sync", "gthread"])
def test_nothing_answered_is_lost_with_a_killed_worker(
    serve: Callable[..., Server], mode: str
) -> None:
    server = serve(*MODES[mode])
    running = server.load(threads=8, each=400)
    killed = set()
    while any(thread.is_alive() for thread in running):
        alive = server.books.workers() - killed
        if len(killed) < 5 and alive:
            victim = alive.pop()
            os.kill(victim, signal.SIGKILL)
            killed.add(victim)
        running[0].join(0.1)
    for thread in running:
        thread.join()
    server.stop()
    counts = server.stored()
    assert len(killed) >= 3
    assert set(server.books.answered) <= set(counts) <= server.books.sent
    assert set(counts.values()) == {1}
