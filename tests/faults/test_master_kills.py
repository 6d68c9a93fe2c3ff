"""When the master goes, and all workers with it, nothing that was answered is lost."""

from __future__ import annotations

from contextlib import ExitStack
from signal import SIGINT, SIGKILL, SIGTERM
from typing import TYPE_CHECKING

import pytest

from tests.faults.servers_kinds import GUNICORN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.servers import Server


@pytest.mark.parametrize("mode", GUNICORN)
def test_no_answer_is_lost_with_a_master_that_is_killed_under_load(
    serve: Callable[..., Server], mode: str
) -> None:
    """Three masters, whose workers share one store, are ended in three ways."""
    endings = (SIGKILL, SIGTERM, SIGINT)
    servers = [serve("gunicorn", *GUNICORN[mode]) for _ in endings]
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
        assert server.complaints() == []
    servers[0].balance()


@pytest.mark.parametrize("mode", ["sync", "gthread"])
def test_no_answer_is_lost_when_all_processes_are_killed_at_once(
    serve: Callable[..., Server], mode: str
) -> None:
    server = serve("gunicorn", *GUNICORN[mode])
    with server.load():
        server.answers(300)
        server.kill()
    server.balance()
