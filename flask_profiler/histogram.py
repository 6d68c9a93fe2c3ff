"""Log-binned counts: percentiles with a bounded error that merge by addition.

Bin `i` holds the values in `(GAMMA ** (i - 1), GAMMA ** i]` microseconds and is read as
`2 * GAMMA ** i / (GAMMA + 1)`, which is off by at most `(GAMMA - 1) / (GAMMA + 1)` of
the true value: the scheme of DDSketch (Masson, Rim, Lee, VLDB 2019).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

GAMMA = 1.02
"""Ratio between the upper edges of two neighbouring bins."""

RELATIVE_ERROR = (GAMMA - 1) / (GAMMA + 1)
"""Bound on the error of a percentile, as a share of the true value: 0.99 %."""

_LOG_GAMMA = math.log(GAMMA)


def bin_of(elapsed_us: int) -> int:
    """Give the bin of a time in microseconds; everything up to 1 µs is in bin 0."""
    if elapsed_us <= 1:
        return 0
    return math.ceil(math.log(elapsed_us) / _LOG_GAMMA)


def middle_us(bin_: int) -> float:
    """Give the time, in microseconds, that stands for every value of a bin."""
    return float(2 * GAMMA**bin_ / (GAMMA + 1)) if bin_ else 1.0


def merged(histograms: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Add up histograms (bin → count)."""
    total: dict[int, int] = {}
    for histogram in histograms:
        for bin_, count in histogram.items():
            total[bin_] = total.get(bin_, 0) + count
    return total


def percentile_us(histogram: Mapping[int, int], percent: float) -> float | None:
    """Give the nearest-rank percentile in microseconds, `None` of an empty histogram.

    `percent` runs from 0 to 100. The value with rank `ceil(percent / 100 * count)` is
    looked up, and is right within `RELATIVE_ERROR` from 1 µs up.
    """
    count = sum(histogram.values())
    if not count:
        return None
    rank = max(1, math.ceil(percent / 100 * count))
    seen = 0
    for bin_ in sorted(histogram):
        seen += histogram[bin_]
        if seen >= rank:
            break
    return middle_us(bin_)
