"""One measurement, and where it stands among those of its route."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_profiler.measurement import Measurement
from flask_profiler.query import Filter
from flask_profiler.reports.question import DEFAULT_WINDOW_US, Question
from flask_profiler.results import Group
from flask_profiler.storage.base import Storage


@dataclass(frozen=True, slots=True)
class Detail:
    """A measurement beside its peers: the same route, in the same window."""

    measurement: Measurement
    peers: Group | None
    """The peers' figures, this measurement included."""
    faster: int
    """How many of the peers took less time."""
    slower: int
    """How many of the peers took more time."""
    apart: bool
    """True: outside the window asked about, so compared with the days up to it."""


def detailed(storage: Storage, measurement: Measurement, question: Question) -> Detail:
    """Compare a measurement with its peers in the window that is asked about.

    Where the measurement is outside that window, it is the seven days up to
    the measurement.
    """
    apart = not _inside(measurement.started_us, question.filter)
    peers = _peers(measurement, question.filter, apart=apart)
    elapsed_us = measurement.elapsed_us
    groups = storage.aggregate(peers, ())
    return Detail(
        measurement=measurement,
        peers=groups[0] if groups else None,
        faster=storage.count(replace(peers, max_elapsed_us=elapsed_us - 1)),
        slower=storage.count(replace(peers, min_elapsed_us=elapsed_us + 1)),
        apart=apart,
    )


def _inside(time_us: int, window: Filter) -> bool:
    late_enough = window.since_us is None or time_us >= window.since_us
    return late_enough and (window.until_us is None or time_us < window.until_us)


def _peers(measurement: Measurement, window: Filter, *, apart: bool) -> Filter:
    """Give the filter that a measurement's peers match, itself among them."""
    started_us = measurement.started_us
    return Filter(
        names=(measurement.name,),
        methods=(measurement.method,),
        since_us=started_us - DEFAULT_WINDOW_US if apart else window.since_us,
        until_us=started_us + 1 if apart else window.until_us,
    )
