"""What spooling and draining cost, beside the least that they could cost.

    python benchmarks/spool.py [LINES]

Append: encoding and appending a line of about 800 bytes, beside a bare `os.write` of
the same bytes. Drain: from the spool into SQLite, beside a bare `executemany` of as
many rows into a table of three columns.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from flask_profiler.line.encode import encode, process_as_json, route_as_json
from flask_profiler.line.format import Line, Seen
from flask_profiler.recorder import Drainer
from flask_profiler.spool.writer import Writer
from flask_profiler.storage.sqlite.engine import SQLite

ROUND = 1000
PROCESS = process_as_json(4711, "web-1")
ROUTE = route_as_json("GET", "/product/<int:id>", "product")
ENVIRON = {
    "wsgi.url_scheme": "https",
    "SERVER_NAME": "0.0.0.0",
    "SERVER_PORT": "8000",
    "SCRIPT_NAME": "",
    "HTTP_HOST": "shop.example",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9",
    "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.5",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
    "HTTP_CONNECTION": "keep-alive",
    "HTTP_REFERER": "https://shop.example/products",
    "HTTP_CACHE_CONTROL": "no-cache",
    "HTTP_DNT": "1",
}
OWN = ("PATH_INFO", "REMOTE_ADDR", "HTTP_X_REQUEST_ID", "HTTP_X_FORWARDED_FOR")
NAMES = msgspec.Raw(msgspec.json.encode([*ENVIRON, *OWN]))
REDACTED = msgspec.Raw(b'["HTTP_COOKIE"]')


def line(number: int) -> Line:
    """Make the line of a small GET with 12 headers, two of them different each time."""
    started = 1_795_332_107_000_000 + number * 1000
    began, client = 10**12 + number, f"203.0.113.{number % 256}"
    ended = began + 1_000_000 + number % 700 * 1000
    own = (f"/product/{number}", client, f"{number:032x}", client)
    return Line(
        started=started,
        ticks=(began, began + 40_000, ended - 60_000, ended, ended),
        count=number,
        process=PROCESS,
        route=ROUTE,
        status=200,
        size=431,
        query="page=2&sort=name",
        kwargs={"id": number},
        seen=Seen(NAMES, (*ENVIRON.values(), *own), REDACTED),
    )


def median_us(
    actions: dict[str, Callable[[], object]], rounds: int
) -> dict[str, float]:
    """Time the actions by turns; give the median of a call, in microseconds."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            began = time.perf_counter_ns()
            for _ in range(ROUND):
                action()
            times[name].append((time.perf_counter_ns() - began) / ROUND / 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def append(folder: Path) -> None:
    """Time encoding and appending."""
    one = line(1)
    data = encode(one)
    writer = Writer(folder / "append", 10**12)
    bare = os.open(folder / "bare", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    found = median_us(
        {
            "a bare os.write": lambda: os.write(bare, data),
            "append": lambda: writer.append(data),
            "encode": lambda: encode(one),
        },
        rounds=30,
    )
    print(f"a line of {len(data)} bytes")
    for name, micros in found.items():
        ratio = micros / found["a bare os.write"]
        print(f"  {name:<24}{micros:8.2f} µs  {ratio:5.2f} x")
    os.close(bare)


def drain(folder: Path, count: int) -> None:
    """Time draining."""
    writer = Writer(folder / "drain", 10**12)
    for number in range(count):
        writer.append(encode(line(number)))
    writer.close()
    bare = sqlite3.connect(folder / "bare.sql", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("CREATE TABLE rows (a, b, c)")
    began = time.perf_counter()
    for start in range(0, count, ROUND):
        rows = [(number, "GET", "/") for number in range(start, start + ROUND)]
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany("INSERT INTO rows VALUES (?, ?, ?)", rows)
        bare.execute("COMMIT")
    least = time.perf_counter() - began
    storage = SQLite({"FILE": str(folder / "drain.sql")})
    began = time.perf_counter()
    outcome = Drainer(folder / "drain", storage).run()
    took = time.perf_counter() - began
    size = (folder / "drain.sql").stat().st_size / count
    print(f"draining {outcome.drained} lines: {count / took:,.0f} lines/s,", end=" ")
    print(f"{took / least:.1f} x a bare executemany; {size:.0f} bytes a measurement")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        append(Path(place))
        drain(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 30_000)
