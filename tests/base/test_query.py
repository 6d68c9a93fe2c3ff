from __future__ import annotations

import pytest

from flask_profiler.measurement import Context, Measurement
from flask_profiler.query import (
    NEWEST_FIRST,
    ROUTE,
    Filter,
    Sort,
    SortKey,
    StatusRange,
    TimeBucket,
    key_of,
    sort_value,
)

HOUR = 3_600_000_000

PRODUCT = Measurement(
    uid="65a1b2c30000000000000001",
    started_us=1_000_000,
    elapsed_us=2_000,
    method="PUT",
    name="/product/<int:id>",
    endpoint="shop.product",
    status=200,
    kwargs={"id": 7, "dry": True, "note": None},
    context=Context(args={"tag": ["a", "b"], "q": "x"}),
)


@pytest.mark.parametrize(
    "filter_",
    [
        Filter(),
        Filter(endpoints=("/product/*",)),
        Filter(endpoints=("nothing", "shop.*")),
        Filter(endpoints=("/product/<int:i?>",)),
        Filter(excluded=("/other*",)),
        Filter(names=("/product/<int:id>",)),
        Filter(methods=("GET", "PUT")),
        Filter(statuses=(StatusRange(500, 599), StatusRange(200, 200))),
        Filter(min_elapsed_us=2_000, max_elapsed_us=2_000),
        Filter(since_us=1_000_000, until_us=1_000_001),
        Filter(kwargs=(("id", "7"), ("dry", "true"), ("note", "null"))),
        Filter(args=(("tag", "b"), ("q", "x"))),
    ],
)
def test_a_measurement_is_meant_when_every_condition_holds(filter_: Filter) -> None:
    assert filter_.matches(PRODUCT)


@pytest.mark.parametrize(
    "filter_",
    [
        Filter(endpoints=("/PRODUCT/*",)),
        Filter(endpoints=("/product",)),
        Filter(endpoints=("/product/<[a-z]nt:id>",)),
        Filter(excluded=("shop.*",)),
        Filter(names=("/product/*",)),
        Filter(methods=("GET",)),
        Filter(statuses=(StatusRange(400, 499),)),
        Filter(min_elapsed_us=2_001),
        Filter(max_elapsed_us=1_999),
        Filter(since_us=1_000_001),
        Filter(until_us=1_000_000),
        Filter(kwargs=(("id", "8"),)),
        Filter(kwargs=(("missing", "7"),)),
        Filter(args=(("tag", "c"),)),
    ],
)
def test_a_measurement_is_not_meant_when_one_condition_fails(filter_: Filter) -> None:
    assert not filter_.matches(PRODUCT)


def test_a_glob_covers_line_breaks_too() -> None:
    assert Filter(endpoints=("a*b",)).matches_route("a\n[]b", None)


def test_a_call_by_hand_has_no_status_to_match() -> None:
    by_hand = Measurement(
        uid="0" * 24, started_us=0, elapsed_us=1, method="", name="work"
    )
    assert not Filter(statuses=(StatusRange(100, 599),)).matches(by_hand)
    assert sort_value(by_hand, "status") == sort_value(by_hand, "size") == -1
    assert sort_value(by_hand, "endpoint") == ""


def test_a_tie_ends_with_the_uid_in_the_direction_of_the_last_key() -> None:
    sort = Sort((SortKey("method"), SortKey("ended_at", descending=True)))
    assert sort.position(PRODUCT) == ("PUT", 1_002_000, PRODUCT.uid)
    assert sort.uid_descending
    assert NEWEST_FIRST.position(PRODUCT) == (1_000_000, PRODUCT.uid)
    assert not Sort(()).uid_descending


def test_groups_are_keyed_by_dimensions_in_their_order() -> None:
    assert key_of(PRODUCT, ROUTE) == ("PUT", "/product/<int:id>")
    assert key_of(PRODUCT, (TimeBucket(HOUR), "status")) == (0, 200)
    assert key_of(PRODUCT, ()) == ()


def test_buckets_begin_at_the_zones_midnight() -> None:
    day = TimeBucket(24 * HOUR, offset_us=HOUR)
    assert day.start_of(23 * HOUR) == 23 * HOUR
    assert day.start_of(23 * HOUR - 1) == -HOUR
