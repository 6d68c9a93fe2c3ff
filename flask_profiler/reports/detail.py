"""One measurement, and where it stands among those of its route."""

from __future__ import annotations

from dataclasses import dataclass

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


def detailed(storage: Storage, measurement: Measurement, question: Question) -> Detail:
    """Compare a measurement with its peers in the window that is asked about.

    Where the measurement is older or newer than that window, it is the seven days up to
    the measurement.
    """
    peers = peers_of(measurement, question)
    elapsed_us = measurement.elapsed_us
    groups = storage.aggregate(peers, ())
    faster = _with(peers, max_elapsed_us=elapsed_us - 1)
    slower = _with(peers, min_elapsed_us=elapsed_us + 1)
    return Detail(
        measurement=measurement,
        peers=groups[0] if groups else None,
        faster=storage.count(faster) if groups else 0,
        slower=storage.count(slower) if groups else 0,
    )


def peers_of(measurement: Measurement, question: Question) -> Filter:
    """Give the filter that a measurement's peers match, itself among them."""
    started_us = measurement.started_us
    window = question.filter
    since_us, until_us = window.since_us, window.until_us
    early = since_us is not None and started_us < since_us
    late = until_us is not None and started_us >= until_us
    if early or late:
        since_us, until_us = started_us - DEFAULT_WINDOW_US, started_us + 1
    return Filter(
        names=(measurement.name,),
        methods=(measurement.method,),
        since_us=since_us,
        until_us=until_us,
    )


def _with(
    peers: Filter,
    *,
    min_elapsed_us: int | None = None,
    max_elapsed_us: int | None = None,
) -> Filter:
    return Filter(
        names=peers.names,
        methods=peers.methods,
        since_us=peers.since_us,
        until_us=peers.until_us,
        min_elapsed_us=min_elapsed_us,
        max_elapsed_us=max_elapsed_us,
    )
