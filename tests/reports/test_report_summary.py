from __future__ import annotations

import math

import pytest
from memory_engine import NOW_US, Make, Memory

from flask_profiler.parsing.sorting import parse_order
from flask_profiler.query import Filter
from flask_profiler.reports.question import Question, window_of
from flask_profiler.reports.summary import SUMMARY_FIELDS, summarised

HOUR_US = 3_600_000_000


def last(us: int, **given: object) -> Question:
    return Question(Filter(since_us=NOW_US - us), NOW_US, **given)  # type: ignore[arg-type]


def test_a_route_comes_to_its_exact_figures(memory: Memory, make: Make) -> None:
    times = [1_000, 2_000, 3_000, 4_000, 90_000]
    memory.insert_many([make(time) for time in times])
    memory.insert_many([make(300_000, name="/b", error=True, status=500)])
    summary = summarised(memory, last(HOUR_US))
    b, a = summary.routes
    assert (a.method, a.name, a.count, a.errors) == ("GET", "/a", 5, 0)
    assert (a.total_us, a.average_us, a.min_us, a.max_us) == (
        100_000, 20_000, 1_000, 90_000,
    )  # fmt: skip
    assert math.isclose(a.p50_us, 3_000, rel_tol=0.01)
    assert math.isclose(a.p95_us, 90_000, rel_tol=0.01)
    assert a.share == 0.25
    assert b.share == 0.75
    assert (b.errors, b.error_share) == (1, 1.0)
    assert (summary.count, summary.errors, summary.route_count) == (6, 1, 2)
    assert summary.error_share == 1 / 6


def test_a_rate_counts_over_the_window_that_was_asked_for(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(age_s=10) for _ in range(36)])
    assert summarised(memory, last(HOUR_US)).rate == 36 / 3600


def test_a_beginning_that_nobody_asked_for_is_that_of_the_oldest_measurement(
    memory: Memory, make: Make
) -> None:
    memory.insert_many(
        [make(age_s=100), *(make(age_s=10, name="/b") for _ in range(9))]
    )
    open_ = last(168 * HOUR_US, open_start=True)
    assert summarised(memory, open_).rate == 10 / 100
    everything = Question(Filter(names=("/b",)), NOW_US)
    assert summarised(memory, everything).routes[0].rate == 9 / 100


def test_a_window_ends_at_the_present_also_if_asked_to_end_later(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(age_s=100)])
    question = Question(Filter(until_us=NOW_US + HOUR_US), NOW_US)
    assert window_of(memory, question).end_us == NOW_US
    question = Question(Filter(until_us=NOW_US - HOUR_US), NOW_US)
    assert window_of(memory, question).end_us == NOW_US - HOUR_US


def test_a_rate_over_no_time_at_all_stays_a_rate(memory: Memory, make: Make) -> None:
    memory.insert_many([make(age_s=0)])
    assert summarised(memory, Question(Filter(), NOW_US)).rate == 1.0


def test_nothing_comes_to_nothing(memory: Memory) -> None:
    summary = summarised(memory, last(HOUR_US))
    assert (summary.count, summary.error_share, summary.routes) == (0, 0.0, ())


def test_times_of_zero_have_no_share(memory: Memory, make: Make) -> None:
    memory.insert_many([make(0)])
    assert summarised(memory, last(HOUR_US)).routes[0].share == 0.0


@pytest.mark.parametrize("field", SUMMARY_FIELDS)
def test_a_summary_is_sorted_by_every_field_both_ways(
    field: str, memory: Memory, make: Make
) -> None:
    memory.insert_many([make(5_000, name="/b", method="PUT"), make(6_000, name="/b")])
    memory.insert_many([make(1_000 * i, name="/a", error=i == 3) for i in range(1, 5)])
    up = summarised(memory, last(HOUR_US), parse_order(field, SUMMARY_FIELDS)).routes
    down = summarised(memory, last(HOUR_US), parse_order(f"-{field}", SUMMARY_FIELDS))
    attribute = SUMMARY_FIELDS[field]
    values = [getattr(route, attribute) for route in up]
    assert values == sorted(values)
    assert [getattr(route, attribute) for route in down.routes] == values[::-1]


def test_ties_end_with_name_and_method(memory: Memory, make: Make) -> None:
    routes = [("/b", "PUT"), ("/b", "GET"), ("/a", "PUT")]
    memory.insert_many([make(name=name, method=method) for name, method in routes])
    summary = summarised(memory, last(HOUR_US), parse_order("-count", SUMMARY_FIELDS))
    assert [(r.name, r.method) for r in summary.routes] == sorted(routes)


def test_a_limit_leaves_the_totals_alone(memory: Memory, make: Make) -> None:
    memory.insert_many([make(name=f"/{i}") for i in range(5)])
    summary = summarised(memory, last(HOUR_US), limit=2)
    assert len(summary.routes) == 2
    assert (summary.count, summary.route_count) == (5, 5)


def test_a_trend_is_the_p95_of_equal_pieces_of_the_window(
    memory: Memory, make: Make
) -> None:
    ages = {3599: 1_000, 2000: 50_000, 1: 9_000}
    memory.insert_many([make(us, age_s=age) for age, us in ages.items()])
    series = summarised(memory, last(HOUR_US), pieces=4).trends["GET", "/a"]
    assert [value and round(value) for value in series] == [1_000, 50_000, None, 9_000]


def test_a_trend_holds_every_measurement_of_its_window(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(age_s=age) for age in (0, 1, 2, 3, 7)])
    series = summarised(memory, Question(Filter(), NOW_US), pieces=3).trends[
        "GET", "/a"
    ]
    assert None not in series


def test_a_summary_is_the_same_with_trends(memory: Memory, make: Make) -> None:
    memory.insert_many(
        [
            make(n * 997, age_s=n * 7, name=f"/{n % 3}", error=n % 5 == 0)
            for n in range(99)
        ]
    )
    with_trends = summarised(memory, last(HOUR_US), pieces=12)
    assert with_trends.routes == summarised(memory, last(HOUR_US)).routes
    assert set(with_trends.trends) == {(r.method, r.name) for r in with_trends.routes}
