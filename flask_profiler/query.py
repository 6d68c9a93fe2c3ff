"""Which measurements, in what order, how many: what every storage understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from flask_profiler.matching import any_glob, holds
from flask_profiler.measurement import Measurement

SortField: TypeAlias = Literal[
    "started_at", "ended_at", "elapsed", "method", "name", "endpoint", "status", "size"
]
SortValue: TypeAlias = int | str
"""Times are microseconds; a missing status or size sorts as -1, an endpoint as ""."""


@dataclass(frozen=True, slots=True)
class StatusRange:
    """The statuses from `low` to `high`, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Which measurements: all conditions must hold; of several values, any one.

    A glob knows `*` (any text) and `?` (any one character), minds case, and must cover
    the whole route name or the whole endpoint name.
    """

    endpoints: tuple[str, ...] = ()
    """Globs: the route's name or the endpoint matches one of them."""
    excluded: tuple[str, ...] = ()
    """Globs: neither the route's name nor the endpoint matches any of them."""
    names: tuple[str, ...] = ()
    """Exact route names."""
    methods: tuple[str, ...] = ()
    """Exact, upper case."""
    statuses: tuple[StatusRange, ...] = ()
    min_elapsed_us: int | None = None
    """At least."""
    max_elapsed_us: int | None = None
    """At most."""
    kwargs: tuple[tuple[str, str], ...] = ()
    """View arguments, each equal as text (`text_of`)."""
    args: tuple[tuple[str, str], ...] = ()
    """Query parameters, each equal as text to one of the values under that name."""
    since_us: int | None = None
    """Started at this time (µs since the UTC epoch) or later."""
    until_us: int | None = None
    """Started before this time."""

    def matches_route(self, name: str, endpoint: str | None) -> bool:
        """Tell whether the conditions on route name and endpoint hold."""
        if self.names and name not in self.names:
            return False
        if self.endpoints and not any_glob(self.endpoints, name, endpoint):
            return False
        return not any_glob(self.excluded, name, endpoint)

    def matches(self, measurement: Measurement) -> bool:
        """Tell whether a measurement is among those meant."""
        m = measurement
        return (
            self.matches_route(m.name, m.endpoint)
            and (not self.methods or m.method in self.methods)
            and self._matches_status(m.status)
            and _within(m.elapsed_us, self.min_elapsed_us, self.max_elapsed_us)
            and (self.since_us is None or m.started_us >= self.since_us)
            and (self.until_us is None or m.started_us < self.until_us)
            and all(holds(m.kwargs, key, value) for key, value in self.kwargs)
            and all(holds(m.context.args, key, value) for key, value in self.args)
        )

    def _matches_status(self, status: int | None) -> bool:
        if not self.statuses:
            return True
        return status is not None and any(
            wanted.low <= status <= wanted.high for wanted in self.statuses
        )


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field of an order."""

    field: SortField
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """In what order. A tie ends with the uid, in the direction of the last key."""

    keys: tuple[SortKey, ...]

    @property
    def uid_descending(self) -> bool:
        """Tell in which direction the uid, which ends a tie, runs."""
        return self.keys[-1].descending if self.keys else False

    def position(self, measurement: Measurement) -> tuple[SortValue, ...]:
        """Give the values that a measurement is ordered by, its uid last."""
        values = [sort_value(measurement, key.field) for key in self.keys]
        return (*values, measurement.uid)


NEWEST_FIRST = Sort((SortKey("started_at", descending=True),))


@dataclass(frozen=True, slots=True)
class Page:
    """How many: at most `limit`, after leaving out `skip`, from behind `after`.

    `after` is the `Sort.position` of the last measurement of the page before (keyset
    paging: as fast on the last page as on the first).
    """

    limit: int | None = None
    skip: int = 0
    after: tuple[SortValue, ...] | None = None


EVERYTHING = Page()


@dataclass(frozen=True, slots=True)
class TimeBucket:
    """Group by the time of the start, cut into pieces of `width_us` microseconds.

    The key of a group is the start of its bucket in µs since the epoch:
    `(started_us + offset_us) // width_us * width_us - offset_us`.
    """

    width_us: int
    offset_us: int = 0
    """What a zone is ahead of UTC, so that its days begin at its midnight."""

    def start_of(self, started_us: int) -> int:
        """Give the start of the bucket that a time falls into."""
        shifted = started_us + self.offset_us
        return shifted // self.width_us * self.width_us - self.offset_us


Dimension: TypeAlias = (
    Literal["method", "name", "endpoint", "status", "host"] | TimeBucket
)
"""What measurements can be grouped by."""

ROUTE: tuple[Dimension, ...] = ("method", "name")


def key_of(
    measurement: Measurement, by: tuple[Dimension, ...]
) -> tuple[int | str | None, ...]:
    """Give the key of the group that a measurement belongs to."""
    return tuple(
        dimension.start_of(measurement.started_us)
        if isinstance(dimension, TimeBucket)
        else getattr(measurement, dimension)
        for dimension in by
    )


def sort_value(measurement: Measurement, field: SortField) -> SortValue:
    """Give what a measurement is ordered by under one field."""
    match field:
        case "started_at":
            return measurement.started_us
        case "ended_at":
            return measurement.started_us + measurement.elapsed_us
        case "elapsed":
            return measurement.elapsed_us
        case "status" | "size":
            value: int | None = getattr(measurement, field)
            return -1 if value is None else value
        case "endpoint":
            return measurement.endpoint or ""
        case _:
            return str(getattr(measurement, field))


def _within(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
