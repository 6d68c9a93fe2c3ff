"""Threads, processes, forks, and files that go away: each measurement once."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from storage_others import Child, in_child
from storage_samples import make, typical

from flask_profiler.errors import StorageBusyError, StorageError, StorageMissingError
from flask_profiler.query import ROUTE, Filter
from flask_profiler.storage.base import Mark
from flask_profiler.storage.sqlite import creation, schema
from flask_profiler.storage.sqlite.engine import SQLite

PATIENCE = 20.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sql"


def at(path: Path) -> SQLite:
    return SQLite({"FILE": str(path)})


def fill(storage: SQLite, segment: str, batches: int) -> None:
    for step in range(batches):
        with storage.transaction(wait=PATIENCE):
            assert storage.mark(segment) == step
            batch = [make(n, name=f"/{segment}") for n in range(20)]
            storage.insert_many(batch, Mark(segment, step + 1))


def open_files(path: Path) -> int:
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            links.append(os.readlink(descriptor))  # noqa: PTH115 - Path resolves more
        except FileNotFoundError:
            continue
    return sum(link.startswith(str(path)) for link in links)


def test_threads_and_processes_store_each_measurement_once(path: Path) -> None:
    storage = at(path)
    children = [
        Child(lambda name=f"child{n}": fill(at(path), name, 10)) for n in range(3)
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: fill(storage, f"thread{n}", 10), range(4)))
    for child in children:
        child.result()
    groups = storage.aggregate(Filter(), ("name",))
    assert {group.count for group in groups} == {200}
    assert len(groups) == 7
    assert sorted(storage.marked()) == sorted(
        [*(f"child{n}" for n in range(3)), *(f"thread{n}" for n in range(4))]
    )


def test_readers_see_whole_batches_while_others_write(path: Path) -> None:
    storage = at(path)
    storage.insert_many([make(n) for n in range(20)])
    writer = threading.Thread(target=fill, args=(storage, "s", 30))
    writer.start()
    while writer.is_alive():
        assert storage.count(Filter()) % 20 == 0
        (group,) = storage.aggregate(Filter(), ())
        assert group.count % 20 == 0
    writer.join()
    assert storage.count(Filter()) == 620


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    storage = at(path)
    storage.insert_many([])

    def fail() -> None:
        with storage.transaction():
            storage.insert_many([make(name="/gone", host="gone")], Mark("s", 9))
            assert storage.count(Filter()) == 1
            assert len(storage.find(Filter())) == 1
            raise FileNotFoundError("of the caller")

    with pytest.raises(FileNotFoundError, match="of the caller"):
        fail()
    assert storage.count(Filter()) == 0
    assert storage.mark("s") == 0
    storage.insert_many([make(name="/gone", host="gone")])
    assert [(m.name, m.host) for m in storage.find(Filter())] == [("/gone", "gone")]


def test_marks_are_kept_and_forgotten(path: Path) -> None:
    storage = at(path)
    storage.insert_many([], Mark("a", 10))
    storage.insert_many([], Mark("b", 20))
    storage.insert_many([], Mark("a", 30))
    assert (storage.mark("a"), storage.mark("b"), storage.mark("c")) == (30, 20, 0)
    storage.forget(["a", "c"])
    assert list(storage.marked()) == ["b"]


def test_several_processes_make_the_tables_at_once(path: Path) -> None:
    def begin() -> int:
        storage = at(path)
        with storage.transaction(wait=PATIENCE):
            storage.insert_many([make()])
        return os.getpid()

    children = [Child(begin) for _ in range(6)]
    assert len({child.result() for child in children}) == 6
    assert at(path).count(Filter()) == 6


def test_a_new_version_brings_old_files_up_to_date_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(path).insert_many([make()])
    step = "CREATE TABLE {prefix}_later (x);\nINSERT INTO {prefix}_later VALUES (7)"
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, step))
    monkeypatch.setattr(schema, "VERSION", 2)
    with pytest.raises(StorageError, match="old schema"):
        at(path).count(Filter())

    def write() -> None:
        with at(path).transaction(wait=PATIENCE):
            pass

    for child in [Child(write) for _ in range(4)]:
        child.result()
    assert at(path).count(Filter()) == 1
    with sqlite3.connect(path) as db:
        found = db.execute("SELECT x FROM measurements_later").fetchall()
    db.close()
    assert found == [(7,)]


def test_a_deleted_file_is_made_anew(path: Path) -> None:
    storage = at(path)
    storage.insert_many(typical(50), Mark("s", 1))
    assert storage.count(Filter()) == 50
    path.unlink()
    with pytest.raises(StorageMissingError):
        storage.count(Filter())
    storage.insert_many([make()])
    assert storage.count(Filter()) == 1
    assert storage.mark("s") == 0
    assert storage.find(Filter())[0].name == "/"


def test_a_folder_that_somebody_locked_is_not_waited_for_long(
    path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(creation, "PATIENCE", 0.02)
    old, new = at(path), at(path)
    old.insert_many(typical(10))
    path.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    for storage in (new, old, old):
        with pytest.raises(StorageBusyError, match=r"folder .* is locked"):
            storage.insert_many([make()])
    os.close(folder)
    for storage in (new, old):
        storage.insert_many([make()])
    assert new.count(Filter()) == 2


def test_a_file_that_root_makes_belongs_to_the_owner_of_its_folder(
    path: Path, monkeypatch
) -> None:
    given = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _, *owner: given.append(owner))
    monkeypatch.setattr(Path, "stat", as_owned_by(path.parent, 4711, Path.stat))
    at(path).insert_many([make()])
    assert given == [(4711, 4711)]


def as_owned_by(folder: Path, uid: int, stat):
    """Look at paths, but find one folder to be somebody else's."""

    def look(self: Path, **how) -> os.stat_result:
        found = stat(self, **how)
        if self != folder:
            return found
        return os.stat_result((*found[:4], uid, uid, *found[6:10]))

    return look


def test_the_wal_of_a_deleted_file_does_not_reach_the_new_one(path: Path) -> None:
    old, other = at(path), at(path)
    old.insert_many(typical(300))
    assert other.count(Filter()) == 300
    path.unlink()
    assert Path(f"{path}-wal").stat().st_size > 0

    def begin() -> int:
        fresh = at(path)
        fresh.insert_many([make(n, name="/new") for n in range(5)])
        return fresh.count(Filter())

    assert in_child(begin) == 5
    assert other.count(Filter()) == 5
    old.insert_many([make(9, name="/new")])
    assert {m.name for m in other.find(Filter())} == {"/new"}
    old.close()
    other.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def test_a_file_that_is_replaced_is_taken_as_it_is(path: Path, tmp_path: Path) -> None:
    spare = at(tmp_path / "spare.sql")
    spare.insert_many(typical(7))
    spare.close()
    storage = at(path)
    storage.insert_many(typical(300, 1000))
    shutil.move(tmp_path / "spare.sql", path)
    storage.insert_many([make()])
    assert storage.count(Filter()) == 8
    assert sum(g.count for g in storage.aggregate(Filter(), ROUTE)) == 8
    storage.close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.close()


def test_a_file_that_goes_within_a_transaction_takes_nothing(path: Path) -> None:
    storage = at(path)
    storage.insert_many([make()])

    def lose() -> None:
        with storage.transaction():
            storage.insert_many([make(1)], Mark("s", 1))
            path.unlink()

    with pytest.raises(StorageBusyError, match="deleted or replaced"):
        lose()
    storage.insert_many([make(2)])
    assert storage.mark("s") == 0
    assert storage.count(Filter()) == 1


def test_a_later_chdir_changes_nothing(tmp_path: Path, monkeypatch) -> None:
    storage = SQLite({"FILE": "relative.sql"})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    storage.insert_many([make()])
    assert (tmp_path / "relative.sql").exists()
    assert storage.location == "sqlite:relative.sql"
    assert storage.default_spool() == tmp_path / "relative.sql.spool"


def test_a_child_opens_its_own_connection(path: Path) -> None:
    storage = at(path)
    storage.insert_many([make()])
    assert storage.count(Filter()) == 1

    def use() -> int:
        assert open_files(path) == 0
        storage.insert_many([make(1)])
        return storage.count(Filter())

    assert in_child(use) == 2
    assert storage.count(Filter()) == 2
    storage.insert_many([make(2)])
    assert storage.count(Filter()) == 3


def test_a_fork_waits_for_a_transaction_of_another_thread(path: Path) -> None:
    storage = at(path)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with storage.transaction():
            storage.insert_many([make()])
            entered.set()
            leave.wait(PATIENCE)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(PATIENCE)
    threading.Timer(0.2, leave.set).start()
    assert in_child(lambda: storage.count(Filter())) == 1
    holder.join()


def test_a_transaction_ends_only_where_it_began(path: Path) -> None:
    storage = at(path)

    def end_in_child() -> str:
        reader, writer = os.pipe()
        pid = 0
        try:
            with storage.transaction():
                storage.insert_many([make()])
                pid = os.fork()
                if pid == 0:
                    os.write(writer, b"-")
        except StorageError as error:
            os.write(writer, str(error).encode())
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        return os.read(reader, 1000).decode()

    assert "other side of a fork" in end_in_child()
    assert storage.count(Filter()) == 1
    storage.insert_many([make(1)])
    assert storage.count(Filter()) == 2


def test_threads_that_end_leave_no_open_files(path: Path) -> None:
    storage = at(path)
    storage.insert_many([make()])
    storage.count(Filter())
    before = open_files(path)
    for _ in range(30):
        thread = threading.Thread(target=storage.count, args=(Filter(),))
        thread.start()
        thread.join()
    gc.collect()
    assert open_files(path) <= before + 1  # SQLite keeps one to use it again


def test_closing_lets_go_of_every_file_and_can_be_undone(path: Path) -> None:
    storage = at(path)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda n: storage.insert_many([make(n)]) or 1, range(1)))
        assert storage.count(Filter()) == 1
        storage.close()
        assert open_files(path) == 0
        assert storage.count(Filter()) == 1
    storage.close()
    assert not Path(f"{path}-wal").exists()


def test_closing_leaves_a_transaction_of_another_thread_alone(path: Path) -> None:
    storage = at(path)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with storage.transaction():
            entered.set()
            leave.wait(PATIENCE)
            storage.insert_many([make()])

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(PATIENCE)
    storage.close()
    leave.set()
    holder.join()
    assert storage.count(Filter()) == 1
