"""How fast a drain goes, and how it makes room for those whose process it is in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from flask_profiler.clock import tick_ns
from flask_profiler.spool.lines import BATCH

_SHARE: Final = 10
"""While the application computes, one part of so many is ours."""
_LONGEST: Final = 0.2
"""Seconds."""


class Pace:
    """As fast as can be: for a process of its own."""

    lines = BATCH
    """To store in one transaction."""

    def rest(self) -> None:
        """Let others work, between two transactions."""


FULL: Final = Pace()


class Polite(Pace):
    """Step back while the application computes: it has one interpreter with us.

    Each time that a thread waits for the interpreter a request may be late, so it is
    taken seldom and for a short while. As soon as the application rests, we don't.
    """

    lines = 250

    def __init__(self, wait: Callable[[float], object]) -> None:
        self._wait = wait
        self._look()
        self._began = self._wall

    def rest(self) -> None:
        """Wait for as long as the application has earned; `wait` takes seconds."""
        wall, ours, theirs = self._wall, self._ours, self._theirs
        self._look()
        span = max(1, self._wall - wall)
        busy = min(1.0, (self._theirs - theirs) / span)
        if busy > 0:
            # A sweep that doesn't end is too slow: the spool would fill up.
            seconds = (self._wall - self._began) / 1e9
            earned = (self._ours - ours) / 1e9 * _SHARE * busy / (1 + seconds)
            self._wait(min(_LONGEST, earned))
            self._look()

    def _look(self) -> None:
        self._wall = tick_ns()
        self._ours = time.thread_time_ns()
        self._theirs = time.process_time_ns() - self._ours
