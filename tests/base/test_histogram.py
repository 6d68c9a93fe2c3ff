from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.histogram import (
    GAMMA,
    RELATIVE_ERROR,
    bin_of,
    merged,
    middle_us,
    percentile_us,
)

times = st.integers(min_value=1, max_value=10**12)


def exact_nearest_rank(values: list[int], percent: float) -> int:
    return sorted(values)[max(1, math.ceil(percent / 100 * len(values))) - 1]


def binned(values: list[int]) -> dict[int, int]:
    return merged({bin_of(value): 1} for value in values)


@given(times)
def test_the_middle_of_a_bin_is_within_the_error_of_each_of_its_values(us: int) -> None:
    assert abs(middle_us(bin_of(us)) - us) <= us * RELATIVE_ERROR * (1 + 1e-9)


@given(times, times)
def test_bins_keep_the_order_of_times(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert bin_of(low) <= bin_of(high)


@given(times)
def test_a_time_is_not_above_the_edge_of_its_bin(us: int) -> None:
    assert us <= GAMMA ** bin_of(us) * (1 + 1e-9)


@given(st.lists(times, min_size=1), st.floats(min_value=0, max_value=100))
def test_a_percentile_is_the_nearest_rank_within_one_percent(
    values: list[int], percent: float
) -> None:
    exact = exact_nearest_rank(values, percent)
    found = percentile_us(binned(values), percent)
    assert found is not None
    assert abs(found - exact) <= exact * 0.01


@given(st.lists(times), st.lists(times))
def test_merging_histograms_is_binning_everything(a: list[int], b: list[int]) -> None:
    assert merged([binned(a), binned(b)]) == binned(a + b)


def test_an_empty_histogram_has_no_percentile() -> None:
    assert percentile_us({}, 50) is None


def test_times_below_a_microsecond_share_the_first_bin() -> None:
    assert bin_of(0) == bin_of(1) == 0
    assert middle_us(0) == 1.0
