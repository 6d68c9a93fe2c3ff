from __future__ import annotations

from memory_engine import NOW_US, Make, Memory

from flask_profiler.parsing.sorting import parse_sort
from flask_profiler.query import Filter
from flask_profiler.reports import listing
from flask_profiler.reports.listing import listed
from flask_profiler.reports.question import Question

EVERYTHING = Question(Filter(), NOW_US)


def test_a_list_gives_the_newest_and_the_true_total(memory: Memory, make: Make) -> None:
    memory.insert_many([make(age_s=age) for age in (5, 1, 3)])
    found = listed(memory, EVERYTHING, limit=2)
    assert [row.id for row in found.rows] == [2, 3]
    assert (found.shown, found.total) == (2, 3)


def test_a_list_longer_than_a_page_is_read_piece_by_piece(
    memory: Memory, make: Make, monkeypatch: object
) -> None:
    count = 2 * listing._AT_ONCE + 1
    memory.insert_many([make(elapsed_us=n % 7, age_s=n) for n in range(count)])
    sort = parse_sort("elapsed,desc")
    rows = [row.id for row in listed(memory, EVERYTHING, sort).rows]
    assert rows == [row.id for row in memory.find(Filter(), sort)]
    assert len(rows) == count


def test_a_list_of_exactly_one_page_ends(memory: Memory, make: Make) -> None:
    memory.insert_many([make(age_s=n) for n in range(listing._AT_ONCE)])
    assert len(list(listed(memory, EVERYTHING).rows)) == listing._AT_ONCE


def test_a_list_ends_where_rows_have_gone_meanwhile(memory: Memory, make: Make) -> None:
    memory.insert_many([make(age_s=n) for n in range(3)])
    found = listed(memory, EVERYTHING)
    memory.rows.clear()
    assert list(found.rows) == []
