from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.line.timing import elapsed_of, phases_of

BEGAN = 10**15
FOREVER = 1 << 61

RequestTicks = tuple[int, int, int, int, int]


def after(*micros: float | None) -> RequestTicks:
    """Give ticks, in µs behind the beginning; `None` where nothing happened."""
    view_began, view_ended, returned, completed = (
        0 if each is None else BEGAN + round(each * 1000) for each in micros
    )
    return BEGAN, view_began, view_ended, returned, completed


@pytest.mark.parametrize(
    ("ticks", "phases"),
    [
        (after(10, 110, 130, 130), (10, 100, 20, 0)),
        (after(10, 110, 130, 5000), (10, 100, 20, 4870)),
        (after(None, None, 130, 130), (130, 0, 0, 0)),
        (after(None, None, 130, 200), (130, 0, 0, 70)),
        # A view that never ended: its time goes on until the application returned.
        (after(10, None, 130, 130), (10, 120, 0, 0)),
        # A middleware that is a generator returns before anything has run.
        (after(10, 110, 5, 200), (10, 100, 0, 90)),
        (after(10.9, 110.2, 130.1, 130.9), (10, 100, 20, 0)),
        (after(0.4, 0.8, 0.9, 1.1), (0, 0, 0, 1)),
    ],
    ids=[
        *("plain", "streamed", "no view", "no view, streamed", "view without end"),
        *("lazy", "parts of a microsecond", "under a microsecond"),
    ],
)
def test_ticks_become_phases(
    ticks: RequestTicks, phases: tuple[int, int, int, int]
) -> None:
    assert phases_of(ticks) == phases
    assert sum(phases) == elapsed_of(ticks)


def test_a_function_measured_by_hand_has_no_phases() -> None:
    assert phases_of((BEGAN, BEGAN + 7_999)) is None
    assert elapsed_of((BEGAN, BEGAN + 7_999)) == 7


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6])
def test_another_number_of_ticks_is_an_error(count: int) -> None:
    with pytest.raises(ValueError, match="unpack"):
        phases_of((BEGAN,) * count)


@given(st.lists(st.integers(0, FOREVER), min_size=5, max_size=5))
def test_phases_add_up_to_the_elapsed_time_whatever_the_ticks(ticks: list[int]) -> None:
    phases = phases_of(tuple(ticks))
    assert phases is not None
    # Where the last tick comes before the one of the return, the sum still holds.
    assert sum(phases) == elapsed_of(tuple(ticks))


@given(st.lists(st.integers(1, FOREVER), min_size=4, max_size=4))
def test_no_phase_of_ordered_ticks_is_negative(ticks: list[int]) -> None:
    view_began, view_ended, returned, completed = sorted(ticks)
    phases = phases_of((1, view_began, view_ended, returned, completed))
    assert phases is not None
    assert min(phases) >= 0
