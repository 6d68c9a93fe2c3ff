"""The two clocks: one that says when, one that says how long."""

from __future__ import annotations

import time

wall_ns = time.time_ns
"""Nanoseconds since the UTC epoch. May jump; never used to time anything."""

tick_ns = time.perf_counter_ns
"""Nanoseconds of a monotonic clock. Only differences mean something."""

US = 1_000_000
"""Microseconds in a second."""


def now_us() -> int:
    """Tell the time in microseconds since the UTC epoch."""
    return wall_ns() // 1000
