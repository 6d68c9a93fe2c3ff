"""Group measurements in Python, for engines that can't and as the reference."""

from __future__ import annotations

from collections.abc import Iterable

from flask_profiler.histogram import bin_of
from flask_profiler.measurement import Measurement
from flask_profiler.query import Dimension, key_of
from flask_profiler.results import Group


def grouped(
    measurements: Iterable[Measurement], by: tuple[Dimension, ...]
) -> list[Group]:
    """Group measurements by dimensions; no group is empty."""
    members: dict[tuple[int | str | None, ...], list[Measurement]] = {}
    for measurement in measurements:
        members.setdefault(key_of(measurement, by), []).append(measurement)
    return [_group(key, group) for key, group in members.items()]


def _group(key: tuple[int | str | None, ...], members: list[Measurement]) -> Group:
    histogram: dict[int, int] = {}
    for member in members:
        bin_ = bin_of(member.elapsed_us)
        histogram[bin_] = histogram.get(bin_, 0) + 1
    elapsed = [member.elapsed_us for member in members]
    return Group(
        key=key,
        count=len(members),
        errors=sum(member.error for member in members),
        total_us=sum(elapsed),
        min_us=min(elapsed),
        max_us=max(elapsed),
        histogram=histogram,
    )
