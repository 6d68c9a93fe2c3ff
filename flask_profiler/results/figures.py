"""Figures of measurements: groups of them, routes, a whole store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_profiler.histogram import percentile_us


@dataclass(frozen=True, slots=True)
class Group:
    """The measurements that share a key: exact figures, and a histogram."""

    key: tuple[int | str | None, ...]
    """One value for each dimension that was asked for, in that order."""
    count: int
    errors: int
    total_us: int
    min_us: int
    max_us: int
    histogram: Mapping[int, int]
    """Bin (`histogram.bin_of`) → count."""

    @property
    def average_us(self) -> float:
        """Give the arithmetic mean in microseconds."""
        return self.total_us / self.count

    def percentile_us(self, percent: float) -> float:
        """Give a percentile (0 to 100, nearest rank) in microseconds, within 1 %."""
        middle = percentile_us(self.histogram, percent)
        if middle is None or percent >= 100:
            return float(self.max_us)
        return min(max(middle, float(self.min_us)), float(self.max_us))


@dataclass(frozen=True, slots=True)
class RouteSummary:
    """What the measurements of one route come to: a line of a summary."""

    method: str
    name: str
    count: int
    errors: int
    total_us: int
    average_us: float
    min_us: int
    max_us: int
    p50_us: float
    p95_us: float
    p99_us: float
    share: float
    """Of the time of all routes that match, 0 to 1."""
    rate: float
    """Measurements per second of the window that was asked about."""

    @property
    def error_share(self) -> float:
        """Tell which part ended with an error, 0 to 1."""
        return self.errors / self.count


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a store holds, and from when; the times are of starts, µs UTC."""

    count: int
    oldest_us: int | None
    newest_us: int | None
