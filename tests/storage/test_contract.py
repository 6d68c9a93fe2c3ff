"""What every engine must do, held against each of them."""

from __future__ import annotations

import itertools
import math
import tempfile
from pathlib import Path

import msgspec
import pytest
import storage_samples as samples
from hypothesis import given
from hypothesis import strategies as st
from storage_engines import build
from storage_samples import BASE, make

from flask_profiler.histogram import RELATIVE_ERROR
from flask_profiler.query import (
    NEWEST_FIRST,
    ROUTE,
    Filter,
    Page,
    Sort,
    SortKey,
    TimeBucket,
)
from flask_profiler.results import Extent
from flask_profiler.storage.base import Storage
from flask_profiler.storage.grouping import grouped
from flask_profiler.storage.ordering import paged

ENGINES = pytest.mark.parametrize("engine", ["sqlite", "minimal", "1.x"])
SLOWEST = Sort((SortKey("elapsed", descending=True),))


def bare(measurements):
    """Leave out the id, which the storage gives."""
    return [msgspec.structs.replace(m, id=None) for m in measurements]


def holding(engine, measurements):
    folder = Path(tempfile.mkdtemp(dir=Path.cwd()))
    storage = build(engine, folder)
    storage.insert_many(measurements)
    return storage


def test_a_measurement_comes_back_as_it_was(storage: Storage) -> None:
    stored = samples.full()
    storage.insert_many([stored])
    assert bare(storage.find(Filter())) == [stored]


def test_a_known_uid_is_not_stored_twice(storage: Storage) -> None:
    one, two, three = make(1), make(2), make(3)
    storage.insert_many([one, two, one])
    storage.insert_many([two, three])
    assert bare(storage.find(Filter())) == [three, two, one]


def test_nothing_is_stored_of_nothing(storage: Storage) -> None:
    storage.insert_many([])
    assert storage.find(Filter()) == []
    assert storage.aggregate(Filter(), ROUTE) == []
    assert storage.count(Filter()) == 0
    assert storage.extent() == Extent(0, None, None)


def test_what_is_found_can_be_got_by_its_id(storage: Storage) -> None:
    storage.insert_many([make(n, name=f"/{n}") for n in range(5)])
    for found in storage.find(Filter()):
        id_ = found.uid if found.id is None else str(found.id)
        assert storage.get(id_) == found


@pytest.mark.parametrize(
    "id_", ["99", "", "-1", "last", "1'", "1e3", "9" * 40, "\udc80", "²"]
)
def test_an_unknown_id_gets_nothing(storage: Storage, id_: str) -> None:
    storage.insert_many([make()])
    assert storage.get(id_) is None


def test_deleting_leaves_what_does_not_match(storage: Storage) -> None:
    storage.insert_many([make(n, name="/a" if n % 3 else "/b") for n in range(300)])
    assert storage.delete(Filter(names=("/b",))) == 100
    assert storage.delete(Filter(names=("/b",))) == 0
    assert {m.name for m in storage.find(Filter())} == {"/a"}
    assert storage.count(Filter()) == 200
    assert storage.delete(Filter()) == 200
    assert storage.find(Filter()) == []


def test_the_extent_is_of_starts(storage: Storage) -> None:
    storage.insert_many([make(7, 1000), make(3, 10**9), make(5)])
    assert storage.extent() == Extent(3, BASE + 3, BASE + 7)


def test_pages_behind_each_other_are_the_whole(storage: Storage) -> None:
    storage.insert_many([make(n % 3, n % 2) for n in range(20)])
    sort = Sort((SortKey("elapsed"), SortKey("started_at", descending=True)))
    seen, after = [], None
    while page := storage.find(Filter(), sort, Page(limit=3, after=after)):
        seen += page
        after = sort.position(page[-1])
    assert seen == storage.find(Filter(), sort)
    assert len(seen) == 20


@ENGINES
@samples.examples
@given(samples.measurements(), samples.filters, samples.sorts, samples.pages)
def test_finding_is_filtering_sorting_and_cutting(
    engine, measurements, filter_, sort, page
) -> None:
    storage = holding(engine, measurements)
    expected = paged(filter(filter_.matches, measurements), sort, page)
    assert bare(storage.find(filter_, sort, page)) == expected
    assert storage.count(filter_) == sum(map(filter_.matches, measurements))
    storage.close()


@ENGINES
@samples.examples
@given(samples.measurements(), samples.sorts, st.data())
def test_a_page_begins_behind_any_position(engine, measurements, sort, data) -> None:
    storage = holding(engine, measurements)
    ordered = paged(measurements, sort, Page())
    if ordered:
        n = data.draw(st.integers(0, len(ordered) - 1))
        page = Page(after=sort.position(ordered[n]))
        assert bare(storage.find(Filter(), sort, page)) == ordered[n + 1 :]
    storage.close()


@ENGINES
@samples.examples
@given(samples.measurements(), samples.light_filters, samples.dimensions)
def test_aggregating_is_grouping_what_matches(
    engine, measurements, filter_, by
) -> None:
    storage = holding(engine, measurements)
    expected = grouped(filter(filter_.matches, measurements), by)
    found = storage.aggregate(filter_, by)
    assert {g.key: g for g in found} == {g.key: g for g in expected}
    assert len(found) == len(expected)
    storage.close()


@ENGINES
@samples.examples
@given(samples.measurements(), samples.filters)
def test_deleting_takes_what_matches_and_nothing_else(
    engine, measurements, filter_
) -> None:
    storage = holding(engine, measurements)
    left = [m for m in measurements if not filter_.matches(m)]
    assert storage.delete(filter_) == len(measurements) - len(left)
    assert bare(storage.find(Filter())) == paged(left, NEWEST_FIRST, Page())
    storage.close()


@ENGINES
@samples.examples
@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=200))
def test_percentiles_are_within_one_percent_of_the_nearest_rank(
    engine, elapsed
) -> None:
    storage = holding(engine, [make(n, us) for n, us in enumerate(elapsed)])
    (group,) = storage.aggregate(Filter(), ())
    assert (group.count, group.total_us) == (len(elapsed), sum(elapsed))
    assert (group.min_us, group.max_us) == (min(elapsed), max(elapsed))
    for percent in (0, 1, 50, 90, 95, 99, 99.9, 100):
        rank = max(1, math.ceil(percent / 100 * len(elapsed)))
        exact = sorted(elapsed)[rank - 1]
        assert abs(group.percentile_us(percent) - exact) <= exact * RELATIVE_ERROR
    storage.close()


def test_a_day_begins_at_the_midnight_of_its_zone(storage: Storage) -> None:
    day = 86_400_000_000
    offset = 3_600_000_000
    midnight = BASE // day * day - offset
    at = [midnight - BASE - 1, midnight - BASE, midnight - BASE + day - 1]
    storage.insert_many([make(n) for n in at])
    groups = storage.aggregate(Filter(), (TimeBucket(day, offset),))
    counts = {group.key: group.count for group in groups}
    assert counts == {(midnight - day,): 1, (midnight,): 2}


def test_uids_end_a_tie_in_the_direction_of_the_last_key(storage: Storage) -> None:
    tied = [make(0, 5, uid=f"{n:024x}") for n in (3, 1, 2)]
    storage.insert_many(tied)
    uids = [int(m.uid, 16) for m in storage.find(Filter(), SLOWEST)]
    assert uids == [3, 2, 1]
    both = Sort((SortKey("elapsed", descending=True), SortKey("started_at")))
    assert [int(m.uid, 16) for m in storage.find(Filter(), both)] == [1, 2, 3]


def test_deleting_and_storing_again_finds_each_once(storage: Storage) -> None:
    for at in itertools.chain(range(3), range(3, 6)):
        storage.insert_many([make(at)])
        assert storage.delete(Filter()) == 1
    storage.insert_many([make(9)])
    assert storage.count(Filter()) == 1


def test_an_engine_without_marks_says_so_and_holds_nothing() -> None:
    storage = build("minimal", Path.cwd())
    with storage.transaction(wait=1.0):
        storage.insert_many([make()])
    assert not storage.transactional
    assert storage.default_spool() is None
    assert storage.upkeep() is False
    assert storage.location == "storage_engines.Minimal"
    for unknown in (
        lambda: storage.mark("s"),
        lambda: storage.forget(["s"]),
        storage.marked,
    ):
        with pytest.raises(NotImplementedError):
            unknown()
