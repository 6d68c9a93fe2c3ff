"""Whoever kills a worker, and however: each answered request is stored exactly once."""

from __future__ import annotations

import os
from signal import SIGINT, SIGKILL, SIGTERM
from typing import TYPE_CHECKING

import pytest

from tests.faults.servers_kinds import GUNICORN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.servers import Server

SIGNALS = [SIGKILL, SIGTERM, SIGINT]


@pytest.mark.parametrize("mode", GUNICORN)
def test_no_answer_is_lost_with_a_worker_that_is_killed_under_load(
    serve: Callable[..., Server], mode: str
) -> None:
    server = serve("gunicorn", *GUNICORN[mode])
    killed: set[int] = set()
    with server.load():
        for signal in SIGNALS:
            victim = server.busy_worker(but=killed)
            os.kill(victim, signal)
            killed.add(victim)
        server.answers(50)
    server.stop()
    assert len(killed) == len(SIGNALS)
    server.balance()
