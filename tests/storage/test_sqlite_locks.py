"""The locks that SQLite holds for this process stay held, whatever else we look at."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from storage_others import in_child
from storage_samples import make

from flask_profiler.errors import StorageBusyError
from flask_profiler.query import Filter
from flask_profiler.storage.sqlite import opened, strangers
from flask_profiler.storage.sqlite.engine import SQLite

if TYPE_CHECKING:
    from collections.abc import Iterator
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


HOLDER = """
import sys
from flask_profiler.storage.sqlite.engine import SQLite
storage = SQLite({"FILE": sys.argv[1]})
for line in sys.stdin:
    with storage.transaction():
        pass
    print("noticed", flush=True)
"""


def test_the_wal_of_a_replaced_file_is_not_laid_over_the_new_one(
    tmp_path: Path,
) -> None:
    """Somebody who never had the old file open is the first at the new one."""
    path, spare = tmp_path / "a.sql", tmp_path / "spare.sql"
    storage = SQLite({"FILE": str(spare)})
    storage.insert_many([make(n) for n in range(7)])
    storage.close()
    with holding(path) as holder:
        spare.rename(path)
        newcomer = SQLite({"FILE": str(path)})
        for action in (lambda: newcomer.insert_many([make(9)]), newcomer.extent):
            with pytest.raises(StorageBusyError, match="replaced while others"):
                action()
        assert holder.ask() == "noticed"
        newcomer.insert_many([make(9)])
        assert newcomer.count(Filter()) == 8
        newcomer.close()


def test_where_the_system_lists_no_locks_nobody_is_kept_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "LOCKS", tmp_path / "none")
    with holding(tmp_path / "a.sql"):
        assert SQLite({"FILE": str(tmp_path / "a.sql")}).count(Filter()) == 0


class Holder:
    """Another process that has a database open, and looks at it when asked to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@contextmanager
def holding(path: Path) -> Iterator[Holder]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        holder = Holder(process)
        assert holder.ask() == "noticed"
        yield holder


def test_a_child_has_nothing_open_that_its_parent_has(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    storage = SQLite({"FILE": str(path)})
    with storage.transaction():
        storage.insert_many([make()])
        assert in_child(lambda: opened.header(path, 6)) == b"SQLite"
    assert storage.count(Filter()) == 1
    storage.close()
