"""Whatever a server does, each answered request is stored exactly once."""

from __future__ import annotations

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
