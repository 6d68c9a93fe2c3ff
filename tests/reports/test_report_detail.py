from __future__ import annotations

from memory_engine import NOW_US, Make, Memory

from flask_profiler.query import Filter
from flask_profiler.reports.detail import detailed
from flask_profiler.reports.question import Question

DAY_S = 86_400
WEEK = Question(Filter(since_us=NOW_US - 7 * DAY_S * 1_000_000), NOW_US)


def test_a_measurement_is_ranked_among_those_of_its_route(
    memory: Memory, make: Make
) -> None:
    memory.insert_many([make(us) for us in (1, 2, 3, 3, 4)])
    memory.insert_many([make(1, name="/b"), make(1, method="PUT")])
    detail = detailed(memory, memory.rows[2], WEEK)
    assert detail.peers is not None
    assert (detail.peers.count, detail.faster, detail.slower) == (5, 2, 1)
    assert not detail.apart


def test_peers_are_those_in_the_window(memory: Memory, make: Make) -> None:
    memory.insert_many([make(age_s=8 * DAY_S), make(), make()])
    detail = detailed(memory, memory.rows[1], WEEK)
    assert detail.peers is not None
    assert detail.peers.count == 2


def test_a_measurement_outside_the_window_is_compared_with_the_week_up_to_it(
    memory: Memory, make: Make
) -> None:
    ages = (30, 29, 24, 22, 1)
    memory.insert_many([make(age_s=days * DAY_S) for days in ages])
    detail = detailed(memory, memory.rows[2], WEEK)
    assert detail.peers is not None
    assert (detail.peers.count, detail.apart) == (3, True)
    late = Question(Filter(until_us=NOW_US - 25 * DAY_S * 1_000_000), NOW_US)
    assert detailed(memory, memory.rows[2], late).apart


def test_a_measurement_that_has_gone_meanwhile_has_no_peers(
    memory: Memory, make: Make
) -> None:
    assert detailed(memory, make(), WEEK).peers is None
