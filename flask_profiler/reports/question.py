"""What is asked about: which measurements, when, and since when they count."""

from __future__ import annotations

from dataclasses import dataclass

from flask_profiler.clock import US
from flask_profiler.query import Filter
from flask_profiler.storage.base import Storage

DEFAULT_WINDOW_US = 7 * 86_400 * US
"""How far back a question goes that names no beginning."""


@dataclass(frozen=True, slots=True)
class Question:
    """A filter, and when it is asked."""

    filter: Filter
    now_us: int
    open_start: bool = False
    """Nobody asked for this beginning: rates count from the oldest measurement on."""


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of time in which measurements were looked for, µs since the epoch."""

    start_us: int
    end_us: int

    @property
    def seconds(self) -> float:
        """Give its length, one second at least, so that a rate stays a rate."""
        return max((self.end_us - self.start_us) / US, 1.0)


def window_of(storage: Storage, question: Question) -> Window:
    """Give the window that rates and trends refer to.

    It is the one asked for, up to now. A beginning that nobody asked for is that of the
    oldest measurement in the store, if that is later.
    """
    asked = question.filter
    end_us = question.now_us
    if asked.until_us is not None:
        end_us = min(end_us, asked.until_us)
    start_us = asked.since_us
    if start_us is None or question.open_start:
        oldest_us = storage.extent().oldest_us
        known = [time for time in (start_us, oldest_us) if time is not None]
        start_us = max(known, default=end_us)
    return Window(start_us, end_us)
