"""Real servers for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.servers import Server, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers of any kind on one store; kill them after the test.

    They are in the test's folder, and keep the same books.
    """
    started: list[Server] = []

    def begin(kind: str, *options: str, **settings: str) -> Server:
        server = start(kind, list(options), tmp_path, **settings)
        if started:
            server.books = started[0].books
        started.append(server)
        return server

    yield begin
    for server in started:
        server.kill()
