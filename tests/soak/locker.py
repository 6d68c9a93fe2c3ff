"""Another process that keeps a database locked; run with its path.

Reads how many seconds from each line of stdin. Answers `locked` and `freed` with the
monotonic clock, or `busy` where it doesn't get the lock.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing


def lock(path: str, seconds: float) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", 5, uri=True)) as db:
            db.isolation_level = None
            db.execute("BEGIN EXCLUSIVE")
            locked = time.monotonic()
            time.sleep(seconds)
            freed = time.monotonic()
            db.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        answer = f"busy {error}"
    else:
        answer = f"freed {locked} {freed}"
    sys.stdout.write(answer + "\n")
    sys.stdout.flush()


for line in sys.stdin:
    lock(sys.argv[1], float(line))
