"""Workers that come and go: what they answered is stored exactly once."""

from __future__ import annotations

from signal import SIGHUP
from typing import TYPE_CHECKING

import pytest

from tests.faults.servers import wait_for
from tests.faults.servers_kinds import GUNICORN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.servers import Server


@pytest.mark.parametrize("mode", GUNICORN)
def test_no_answer_is_lost_with_a_worker_that_has_answered_its_share(
    serve: Callable[..., Server], mode: str
) -> None:
    server = serve("gunicorn", *GUNICORN[mode], "--max-requests", "100")
    with server.load():
        wait_for(lambda: len(server.books.workers()) >= 3, "another worker")
    server.stop()
    server.balance()


@pytest.mark.parametrize("mode", ["sync", "gevent"])
def test_a_worker_that_hangs_takes_no_answer_along_when_its_time_is_out(
    serve: Callable[..., Server], mode: str
) -> None:
    """What hung was never answered; it may be stored, once, as the error it is."""
    server = serve("gunicorn", *GUNICORN[mode], "--timeout", "2")
    with server.load(), server.hang():
        wait_for(lambda: "WORKER TIMEOUT" in server.said(), "the end of its time")
        before = set(server.books.workers())
        wait_for(lambda: set(server.books.workers()) - before, "another worker")
    server.stop()
    server.balance()


def test_no_answer_is_lost_when_the_master_replaces_its_workers(
    serve: Callable[..., Server],
) -> None:
    server = serve("gunicorn", *GUNICORN["gthread"])
    with server.load():
        server.answers(200)
        before = server.living() - {server.process.pid}
        server.process.send_signal(SIGHUP)
        wait_for(lambda: not server.living() & before, "the end of the old workers")
        server.answers(200)
    server.stop()
    server.balance()
