"""Each index is there for a question, and SQLite uses it for that question."""

from __future__ import annotations

import pytest
from storage_samples import BASE, typical

from flask_profiler.histogram import bin_of
from flask_profiler.query import NEWEST_FIRST, ROUTE, Filter, Page, Sort, SortKey
from flask_profiler.storage.sqlite import questions
from flask_profiler.storage.sqlite.aggregate import _BINS, aggregate
from flask_profiler.storage.sqlite.engine import SQLite
from flask_profiler.storage.sqlite.values import LIMIT

SLOWEST = Sort((SortKey("elapsed", descending=True),))
OLDEST = Sort((SortKey("started_at"),))
ONE_ROUTE = Filter(names=("/product/<id>/7",))
TOP = Page(limit=50)


def plan(sqlite: SQLite, filter_: Filter, sort: Sort, page: Page = TOP) -> str:
    with sqlite._session.reading() as source:
        query = questions.selection(source, filter_, sort, page)
        explained = source.connection.db.execute(
            f"EXPLAIN QUERY PLAN {query.sql}", query.values
        )
        return "; ".join(row[3] for row in explained)


@pytest.fixture
def filled(sqlite: SQLite) -> SQLite:
    sqlite.insert_many(typical(500))
    return sqlite


def test_newest_first_reads_the_index_of_starts_from_its_end(filled: SQLite) -> None:
    found = plan(filled, Filter(), NEWEST_FIRST)
    assert "measurements_by_start" in found
    assert "TEMP B-TREE" not in found


def test_a_window_of_time_reads_its_part_of_the_index(filled: SQLite) -> None:
    window = Filter(since_us=BASE + 1000, until_us=BASE + 5000)
    found = plan(filled, window, OLDEST)
    assert "measurements_by_start (started_us>? AND started_us<?)" in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("sort", [NEWEST_FIRST, OLDEST], ids=["newest", "oldest"])
def test_the_next_page_begins_inside_the_index(filled: SQLite, sort: Sort) -> None:
    last = filled.find(Filter(), sort, TOP)[-1]
    found = plan(filled, Filter(), sort, Page(limit=50, after=sort.position(last)))
    assert "SEARCH measurements_data USING INDEX measurements_by_start" in found
    assert "TEMP B-TREE" not in found


def test_slowest_first_reads_the_index_of_elapsed(filled: SQLite) -> None:
    found = plan(filled, Filter(), SLOWEST)
    assert "measurements_by_elapsed" in found
    assert "USE TEMP B-TREE FOR ORDER BY" not in found


def test_the_next_slowest_begin_inside_the_index(filled: SQLite) -> None:
    last = filled.find(Filter(), SLOWEST, TOP)[-1]
    page = Page(limit=50, after=SLOWEST.position(last))
    found = plan(filled, Filter(), SLOWEST, page)
    assert "SEARCH measurements_data USING INDEX measurements_by_elapsed" in found


def test_one_route_reads_its_own_part(filled: SQLite) -> None:
    found = plan(filled, ONE_ROUTE, NEWEST_FIRST)
    assert "measurements_by_route (route=?)" in found
    assert "USE TEMP B-TREE FOR ORDER BY" not in found


def test_one_route_in_a_window_reads_its_own_part(filled: SQLite) -> None:
    window = Filter(names=ONE_ROUTE.names, since_us=BASE)
    found = plan(filled, window, NEWEST_FIRST)
    assert "measurements_by_route (route=? AND started_us>?)" in found


def test_a_uid_is_looked_up_in_the_index_of_starts(filled: SQLite) -> None:
    with filled._session.reading() as source:
        explained = source.connection.db.execute(
            "EXPLAIN QUERY PLAN SELECT 1 FROM measurements_data"
            " WHERE started_us = 1 AND uid = x'00'"
        )
        assert "measurements_by_start (started_us=? AND uid=?)" in str(list(explained))


def test_there_are_no_other_indexes(filled: SQLite) -> None:
    with filled._session.reading() as source:
        rows = source.connection.db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        assert {row[0].removeprefix("measurements_") for row in rows} == {
            "by_start",
            "by_elapsed",
            "by_route",
        }


def test_the_file_is_kept_as_the_design_says(filled: SQLite) -> None:
    with filled.transaction():
        db = filled._session._pool.seat().writer.db
        pragmas = ("journal_mode", "synchronous", "busy_timeout", "auto_vacuum")
        values = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    assert values == ["wal", 1, 0, 2]


def test_a_small_get_takes_at_most_350_bytes(sqlite: SQLite, tmp_path) -> None:
    for start in range(0, 20_000, 1000):
        sqlite.insert_many(typical(1000, start))
    sqlite.close()
    assert (tmp_path / "store.sql").stat().st_size / 20_000 <= 350


def test_the_summary_reads_the_table_once_and_no_index(filled: SQLite) -> None:
    asked = []
    with filled._session.reading() as source:
        source.connection.db.set_trace_callback(asked.append)
        aggregate(source, Filter(), ROUTE)
        source.connection.db.set_trace_callback(None)
        (query,) = [sql for sql in asked if "GROUP BY" in sql]
        steps = source.connection.db.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert steps[0][3] == "SCAN measurements_data"


def test_route_and_bin_fit_into_one_number() -> None:
    assert bin_of(LIMIT) < _BINS
