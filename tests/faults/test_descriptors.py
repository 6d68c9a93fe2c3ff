"""A worker that lives long has as many files open at its end as it had early on."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.servers import wait_for
from tests.faults.servers_kinds import GUNICORN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.servers import Server

CASES = {
    **{name: ("gunicorn", *GUNICORN[name]) for name in ("preload", "gevent")},
    "uwsgi without threads": ("uwsgi", "--master"),
    "uwsgi": ("uwsgi", "--master", "--enable-threads"),
}


MOST = Counter({"segment": 1, "store.sql": 2, "store.sql-wal": 2, "store.sql-shm": 2})
"""One segment to write, one connection to write and one to read."""


def open_files(pid: int) -> Counter[str]:
    """Count what a process has open that is ours: segments, the store, its WAL."""
    found: Counter[str] = Counter()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            path = link.readlink()
            if "store.sql" in str(path):
                found[re.sub(r"^segment-.*", "segment", path.name)] += 1
    return found


@pytest.mark.parametrize("case", CASES)
def test_a_worker_has_no_more_files_open_after_many_segments(
    serve: Callable[..., Server], case: str
) -> None:
    """In a spool of 64 KiB a segment is followed by another after some 20 requests."""
    server = serve(*CASES[case], SPOOLED="65536")
    with server.load():
        worker = server.busy_worker()
        goal = server.books.workers()[worker] + 500
        wait_for(lambda: server.books.workers()[worker] >= goal, "many more answers")
    wait_for(lambda: open_files(worker) <= MOST, "the end of what the load opened")
    server.stop()
