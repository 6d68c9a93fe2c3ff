"""The locks that SQLite holds for this process stay held, whatever else we look at."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from storage_others import in_child
from storage_samples import make

from flask_profiler.query import Filter
from flask_profiler.storage.sqlite import opened
from flask_profiler.storage.sqlite.engine import SQLite

if TYPE_CHECKING:
    from pathlib import Path

ELSEWHERE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("INSERT INTO measurements_marks VALUES (hex(randomblob(8)), 1)")
print(db.execute("SELECT count(*) FROM measurements_data").fetchone()[0])
db.close()
"""


def elsewhere(path: Path) -> int:
    """Write and count in another process: the last to close, if it sees no lock."""
    ran = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(path)],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return int(ran.stdout)


def test_a_look_at_an_open_file_drops_no_lock_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    storage = SQLite({"FILE": str(path)})
    storage.insert_many([make()])
    assert opened.header(path, 16) == b""
    assert elsewhere(path) == 1
    storage.insert_many([make(1)])
    assert elsewhere(path) == 2
    storage.close()
    assert opened.header(path, 16) == b"SQLite format 3\0"


def test_a_child_has_nothing_open_that_its_parent_has(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    storage = SQLite({"FILE": str(path)})
    with storage.transaction():
        storage.insert_many([make()])
        assert in_child(lambda: opened.header(path, 6)) == b"SQLite"
    assert storage.count(Filter()) == 1
    storage.close()
