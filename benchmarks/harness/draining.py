"""Drain the spool of the working directory once, beside a bare `executemany`.

    python -m harness.draining

Prints a line of JSON: how many measurements were drained and are stored, the seconds
that took, and those of as many bare rows, without an index and with three.
"""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

from flask_profiler.query import Filter
from flask_profiler.recorder import Drainer
from flask_profiler.storage.registry import open_url
from harness.places import OURS, SPOOL

BATCH = 1000
INDEXES = (
    "CREATE UNIQUE INDEX a ON t (started, uid)",
    "CREATE INDEX b ON t (elapsed)",
    "CREATE INDEX c ON t (route, started)",
)


def bare(count: int, *indexes: str) -> float:
    """Give the seconds that figures without contexts take, in batches as large."""
    path = Path(f"bare-{len(indexes)}.sql")
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, started, elapsed, route, uid)")
    for index in indexes:
        db.execute(index)
    rows = [
        (1_790_000_000_000_000 + n * 900, 300 + n * 7919 % 50_000, n % 50, b"%12d" % n)
        for n in range(count)
    ]
    began = time.perf_counter()
    for first in range(0, count, BATCH):
        db.execute("BEGIN IMMEDIATE")
        batch = rows[first : first + BATCH]
        db.executemany("INSERT INTO t VALUES (NULL, ?, ?, ?, ?)", batch)
        db.execute("COMMIT")
    taken = time.perf_counter() - began
    db.close()
    return taken


def main() -> None:
    storage = open_url(OURS)
    began = time.perf_counter()
    drained = Drainer(Path(SPOOL).absolute(), storage).run().drained
    seconds = time.perf_counter() - began
    stored = storage.count(Filter())
    storage.close()
    found = {
        "drained": drained,
        "stored": stored,
        "seconds": seconds,
        "bare": bare(drained),
        "indexed": bare(drained, *INDEXES),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
