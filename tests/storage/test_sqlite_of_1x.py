"""Files of 1.x are read as they are, copied once, and never changed."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import storage_of_1x as old
import storage_samples as samples
from hypothesis import given
from hypothesis import strategies as st
from storage_others import Child
from storage_samples import make

from flask_profiler.errors import StorageMissingError
from flask_profiler.measurement import Context
from flask_profiler.query import NEWEST_FIRST, Filter, Page, Sort, SortKey
from flask_profiler.storage.grouping import grouped
from flask_profiler.storage.ordering import paged
from flask_profiler.storage.registry import open_url
from flask_profiler.storage.sqlite import importer
from flask_profiler.storage.sqlite.engine import SQLite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "old.sql"
    old.make_file(path)
    return path


def at(path: Path) -> SQLite:
    return SQLite({"FILE": str(path)})


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def table_of(path: Path) -> list[tuple]:
    with closing(sqlite3.connect(path)) as db:
        db.text_factory = bytes
        return db.execute("SELECT * FROM measurements ORDER BY ID").fetchall()


def copy_all(storage: SQLite) -> int:
    steps = 1
    while storage.upkeep():
        steps += 1
    return steps


def bare(measurements):
    return [msgspec.structs.replace(m, id=None) for m in measurements]


def test_a_row_of_1x_becomes_a_measurement(path: Path) -> None:
    context = old.context(args={"q": "1"}, form={"f": "2"}, body="b", tenant=7)
    fields = {"name": "/product/<id>", "kwargs": {"id": "1"}, "args": [1]}
    old.add(path, [old.row(1790000000.25, 0.012345, context=context, **fields)])
    (found,) = open_url(str(path)).find(Filter())
    assert (found.id, found.method, found.name) == (1, "GET", "/product/<id>")
    assert (found.started_us, found.elapsed_us) == (1790000000250000, 12345)
    assert (found.args, found.kwargs) == ((1,), {"id": "1"})
    assert (found.endpoint, found.status, found.phases) == ("getProduct", None, None)
    assert found.context == Context(
        url="http://localhost/product/1",
        args={"q": "1"},
        form={"f": "2"},
        body="b",
        headers={"Host": "localhost"},
        func="getProduct",
        ip="127.0.0.1",
        extra={"tenant": 7},
    )
    assert open_url(str(path)).get("1") == found
    assert open_url(str(path)).get("2") is None


def test_no_time_of_1x_is_negative_in_the_table_or_in_the_copy(path: Path) -> None:
    old.add(path, [old.row(1790000000.0, -5.0), old.row(1790000001.0, 0.25)])
    table, copy = open_url(str(path)), at(path)
    below = Filter(max_elapsed_us=1000)
    shown = table.find(Filter())
    assert [m.elapsed_us for m in shown] == [250_000, 0]
    copy.insert_many([])
    copy_all(copy)
    for storage in (open_url(str(path)), copy, table):
        (group,) = storage.aggregate(Filter(), ())
        assert (group.total_us, group.min_us, group.max_us) == (250_000, 0, 250_000)
        assert storage.count(below) == 1
        assert bare(storage.find(Filter())) == bare(shown)


def test_questions_change_no_byte_of_an_old_file(path: Path, tmp_path: Path) -> None:
    old.add(path, old.crowd(100))
    before = digest(path)
    storage = open_url(str(path))
    assert storage.count(Filter()) == 100
    assert len(storage.find(Filter())) == 100
    assert storage.extent().count == 100
    assert storage.aggregate(Filter(), ("method", "name", "endpoint", "status", "host"))
    assert storage.upkeep() is False
    with pytest.raises(StorageMissingError):
        storage.delete(Filter())
    with pytest.raises(StorageMissingError):
        storage.forget(["segment"])
    storage.close()
    assert digest(path) == before
    assert list(tmp_path.iterdir()) == [path]


@samples.examples
@given(
    st.integers(0, 10**6), samples.light_filters, samples.sorts, samples.pages,
    samples.dimensions,
)  # fmt: skip
def test_the_old_table_answers_as_the_copy_does(seed, filter_, sort, page, by) -> None:
    path = Path(tempfile.mkdtemp(dir=Path.cwd())) / "old.sql"
    old.make_file(path)
    old.add(path, old.crowd(25, seed))
    before = open_url(str(path))
    everything = before.find(Filter(), Sort((SortKey("elapsed"),)))
    expected = list(filter(filter_.matches, everything))
    assert before.find(filter_, sort, page) == paged(expected, sort, page)
    wanted = {g.key: g for g in grouped(expected, by)}
    assert {g.key: g for g in before.aggregate(filter_, by)} == wanted
    assert before.count(filter_) == len(expected)
    before.close()
    after = at(path)
    after.insert_many([])
    copy_all(after)
    copied = after.find(filter_, sort, page)
    assert bare(copied) == bare(paged(expected, sort, page))
    assert {g.key: g for g in after.aggregate(filter_, by)} == wanted
    after.close()


def test_a_page_of_an_old_table_begins_behind_a_position(path: Path) -> None:
    old.add(path, old.crowd(30))
    storage = open_url(str(path))
    ordered = storage.find(Filter())
    after = NEWEST_FIRST.position(ordered[11])
    assert storage.find(Filter(), page=Page(after=after)) == ordered[12:]


def test_rows_come_over_once_in_small_steps(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(importer, "STEP", 50)
    old.add(path, old.crowd(120))
    rows = table_of(path)
    storage = at(path)
    assert storage.upkeep() is False
    storage.insert_many([make(name="/ours")])
    assert copy_all(storage) == 3
    assert storage.count(Filter()) == 121
    assert storage.upkeep() is False
    assert storage.count(Filter()) == 121
    assert table_of(path) == rows


def test_rows_that_keep_arriving_come_over_too(path: Path) -> None:
    storage = at(path)
    storage.insert_many([])
    for round_ in range(3):
        old.add(path, [old.row(1.79e9 + round_) for _ in range(5)])
        copy_all(storage)
        assert storage.count(Filter()) == 5 * (round_ + 1)


def test_what_was_deleted_does_not_come_again(path: Path) -> None:
    old.add(path, old.crowd(20))
    storage = at(path)
    storage.insert_many([])
    copy_all(storage)
    assert storage.delete(Filter()) == 20
    old.add(path, [old.row(1.79e9)])
    copy_all(storage)
    assert storage.count(Filter()) == 1


def test_several_processes_copy_each_row_once(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(importer, "STEP", 20)
    old.add(path, old.crowd(100))
    at(path).insert_many([])

    def work() -> None:
        storage = at(path)
        while True:
            try:
                if not storage.upkeep():
                    return
            except Exception as error:
                assert "locked" in str(error)

    for child in [Child(work) for _ in range(3)]:
        child.result()
    assert at(path).count(Filter()) == 100


def test_a_repeated_copy_adds_nothing(path: Path) -> None:
    old.add(path, old.crowd(40))
    storage = at(path)
    storage.insert_many([])
    copy_all(storage)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE measurements_meta SET value = 0 WHERE key = 'v1_id'")
        db.commit()
    copy_all(storage)
    assert storage.count(Filter()) == 40


def test_a_row_that_is_refused_does_not_stop_the_rest(path: Path, monkeypatch) -> None:
    old.add(path, [old.row(1.79e9 + n, name=f"/{n}") for n in range(5)])
    real = importer.measurement_of

    def odd(row, tables):
        m = real(row, tables)
        return msgspec.structs.replace(m, uid="bad") if m.name == "/2" else m

    monkeypatch.setattr(importer, "measurement_of", odd)
    storage = at(path)
    storage.insert_many([])
    assert storage.upkeep() is False
    names = [m.name for m in storage.find(Filter())]
    assert names == ["/4", "/3", "/1", "/0"]


def test_workers_of_1x_go_on_writing_beside_us(path: Path) -> None:
    storage = at(path)
    with closing(sqlite3.connect(path)) as worker:
        for n in range(3):
            insert = "INSERT INTO measurements VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)"
            worker.execute(insert, old.row(1.79e9 + n))
            worker.commit()
            storage.insert_many([make(n)])
            copy_all(storage)
        assert len(worker.execute("SELECT * FROM measurements").fetchall()) == 3
    assert storage.count(Filter()) == 6


def test_another_table_of_our_name_is_not_taken_for_one_of_1x(tmp_path: Path) -> None:
    path = tmp_path / "app.sql"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE measurements (id INTEGER, width REAL)")
        db.commit()
    with pytest.raises(StorageMissingError):
        at(path).count(Filter())
    at(path).insert_many([make()])
    assert at(path).upkeep() is False
    assert at(path).count(Filter()) == 1


def test_what_is_cached_of_an_old_file_is_left_when_ours_begins(path: Path) -> None:
    old.add(path, [old.row(1.79e9, name="/ü")])
    storage = at(path)
    assert [m.name for m in storage.find(Filter())] == ["/ü"]
    storage.insert_many([])
    copy_all(storage)
    assert [m.name for m in storage.find(Filter())] == ["/ü"]
