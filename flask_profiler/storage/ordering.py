"""Sort and page in Python, for engines that can't and as the reference."""

from __future__ import annotations

from collections.abc import Iterable

from flask_profiler.measurement import Measurement
from flask_profiler.query import Page, Sort, SortValue, sort_value


def paged(
    measurements: Iterable[Measurement], sort: Sort, page: Page
) -> list[Measurement]:
    """Give one page of measurements in order."""
    ordered = sorted(measurements, key=lambda m: m.uid, reverse=sort.uid_descending)
    for key in reversed(sort.keys):
        ordered.sort(
            key=lambda m, key=key: sort_value(m, key.field),  # type: ignore[misc]
            reverse=key.descending,
        )
    if page.after is not None:
        after = page.after
        ordered = [m for m in ordered if is_behind(sort, sort.position(m), after)]
    end = None if page.limit is None else page.skip + page.limit
    return ordered[page.skip : end]


def is_behind(
    sort: Sort, position: tuple[SortValue, ...], after: tuple[SortValue, ...]
) -> bool:
    """Tell whether one position comes after another."""
    directions = [*(key.descending for key in sort.keys), sort.uid_descending]
    for value, other, descending in zip(position, after, directions, strict=True):
        if value != other:
            return bool(value < other) if descending else bool(value > other)  # type: ignore[operator]
    return False
