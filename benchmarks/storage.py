"""What storing in SQLite costs, beside the least that it could cost.

    python benchmarks/storage.py [MEASUREMENTS]

Stores small GETs with 12 headers (3 of them different each time, 200 user agents) in
batches of 1,000, and in the same run as many rows of the same figures with a bare
`executemany` into a table with the same three indexes and no contexts. Prints rates,
their ratio, bytes on disk, and how long the usual questions take.
"""

from __future__ import annotations

import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from flask_profiler.measurement import Context, Measurement, Phases
from flask_profiler.query import NEWEST_FIRST, ROUTE, Filter, Page, Sort, SortKey
from flask_profiler.storage.sqlite.engine import SQLite

BATCH = 1000
SLOWEST = Sort((SortKey("elapsed", descending=True),))


def headers(n: int) -> dict[str, str]:
    agent = n * 7919 % 200
    return {
        "Host": "shop.example",
        "User-Agent": f"Mozilla/5.0 (X11; Linux x86_64; rv:{agent}.0) Firefox/{agent}",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "en-GB,en;q=0.5",
        "Accept-Encoding": "gzip, deflate, br",
        "Connection": "keep-alive",
        "Cookie": "[redacted]",
        "Cache-Control": "no-cache",
        "Sec-Fetch-Mode": "navigate",
        "Referer": f"https://shop.example/search?page={n % 31}",
        "X-Forwarded-For": f"10.{n % 7}.{n * 31 % 256}.{n * 17 % 256}",
        "X-Request-Id": secrets.token_hex(16),
    }


def made(n: int) -> Measurement:
    started, view = 1_790_000_000_000_000 + n * 900, n * 7919 % 50_000
    url = f"https://shop.example/product/{n % 1000}"
    return Measurement(
        uid=f"{started // 1_000_000:08x}{secrets.token_hex(8)}",
        started_us=started,
        elapsed_us=300 + view,
        method="GET",
        name=f"/product/<id>/{n % 50}",
        endpoint=f"product{n % 50}",
        status=200,
        phases=Phases(100, view, 200, 0),
        size=1000 + n % 500,
        kwargs={"id": str(n % 1000)},
        context=Context(url=url, headers=headers(n), func="product", ip="127.0.0.1"),
        pid=4000 + n % 8,
        host="web-1",
    )


def bare(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, started, elapsed, route, uid)")
    db.execute("CREATE UNIQUE INDEX a ON t (started, uid)")
    db.execute("CREATE INDEX b ON t (elapsed)")
    db.execute("CREATE INDEX c ON t (route, started)")
    return db


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sql"
        storage, plain = SQLite({"FILE": path}), bare(Path(folder) / "bare.sql")
        ours, theirs = [], []
        for first in range(0, count, BATCH):
            batch = [made(n) for n in range(first, first + BATCH)]
            rows = [
                (m.started_us, m.elapsed_us, n % 50, bytes.fromhex(m.uid))
                for n, m in enumerate(batch)
            ]
            ours.append(timed(lambda batch=batch: storage.insert_many(batch)))
            theirs.append(timed(lambda rows=rows: write(plain, rows)))
        a, b = BATCH / median(ours), BATCH / median(theirs)
        print(f"insert_many {a:,.0f}/s, bare executemany {b:,.0f}/s: 1:{b / a:.1f}")
        questions = {
            "summary": lambda: storage.aggregate(Filter(), ROUTE),
            "one route": lambda: storage.aggregate(
                Filter(names=("/product/<id>/7",)), ROUTE
            ),
            "newest 50": lambda: storage.find(Filter(), NEWEST_FIRST, Page(limit=50)),
            "slowest 50": lambda: storage.find(Filter(), SLOWEST, Page(limit=50)),
        }
        for name, question in questions.items():
            seconds = median(timed(question) for _ in range(3))
            print(f"{name}: {seconds * 1000:.1f} ms of {count:,}")
        storage.close()
        print(f"{path.stat().st_size / count:.0f} bytes a measurement")


def write(db: sqlite3.Connection, rows: list[tuple[int, int, int, bytes]]) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO t VALUES (NULL, ?, ?, ?, ?)", rows)
    db.execute("COMMIT")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
