from __future__ import annotations

from memory_engine import NOW_US, Make, Memory

from flask_profiler.query import Filter
from flask_profiler.reports.emptiness import emptiness
from flask_profiler.reports.question import Question

HOUR_US = 3_600_000_000


def last_hour(**given: object) -> Question:
    return Question(Filter(since_us=NOW_US - HOUR_US, **given), NOW_US)  # type: ignore[arg-type]


def test_an_empty_store_has_nothing_outside_either(memory: Memory) -> None:
    found = emptiness(memory, last_hour(endpoints=("/a",)))
    assert (found.outside, found.newest_us, found.near) == (0, None, None)


def test_the_next_wider_window_that_has_something_is_suggested(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(age_s=3 * 3600), make(age_s=60, method="PUT")])
    found = emptiness(memory, last_hour(methods=("GET",)))
    assert found.outside == 2
    assert found.newest_us == NOW_US - 60_000_000
    assert found.span_us == 6 * HOUR_US


def test_what_is_older_than_every_window_is_there_at_any_time(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(age_s=3 * 365 * 86_400)])
    found = emptiness(memory, last_hour())
    assert (found.span_us, found.anytime) == (None, True)


def test_an_end_before_everything_that_matches_is_named(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(age_s=60), make(age_s=4 * 3600, method="PUT")])
    ended = Question(Filter(until_us=NOW_US - 2 * HOUR_US, methods=("GET",)), NOW_US)
    found = emptiness(memory, ended)
    assert (found.span_us, found.anytime, found.later) == (None, False, True)


def test_a_window_that_is_suggested_has_something_before_the_end(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(age_s=60), make(age_s=20 * 3600)])
    window = Filter(since_us=NOW_US - 3 * HOUR_US, until_us=NOW_US - 2 * HOUR_US)
    found = emptiness(memory, Question(window, NOW_US))
    assert (found.span_us, found.later) == (24 * HOUR_US, False)


def test_no_window_helps_where_nothing_matches(memory: Memory, make: Make) -> None:
    memory.insert_many([make()])
    found = emptiness(memory, last_hour(methods=("PATCH",)))
    assert (found.span_us, found.anytime, found.near) == (None, False, None)


def test_a_route_that_was_mistyped_is_answered_with_one_that_exists(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(name="/products", endpoint="listProducts"), make()])
    assert emptiness(memory, last_hour(endpoints=("/prodcts",))).near == "/products"
    near = emptiness(memory, last_hour(endpoints=("zzz", "listProduct"))).near
    assert near == "listProducts"
    assert emptiness(memory, last_hour(endpoints=("zzz",))).near is None


def test_a_route_that_exists_is_no_mistake(memory: Memory, make: Make) -> None:
    memory.insert_many([make(endpoint=None)])
    question = last_hour(endpoints=("/a",), methods=("PUT",))
    assert emptiness(memory, question).near is None
