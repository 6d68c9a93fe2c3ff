"""`flask run --reload`, whose files change under load: nothing answered is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.servers import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.servers import Server


def test_no_answer_is_lost_with_a_process_that_is_reloaded(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve("flask", "--reload")
    with server.load():
        for _ in range(2):
            server.answers(100)
            before = set(server.books.workers())
            (tmp_path / "served.py").touch()
            wait_for(
                lambda known=before: set(server.books.workers()) - known, "another"
            )
        server.answers(100)
    server.stop()
    assert len(server.books.workers()) == 3
    server.balance()
