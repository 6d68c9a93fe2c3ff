"""How long a drain may take, what it did, and what it left."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask_profiler.clock import tick_ns
from flask_profiler.errors import ProfilerError
from flask_profiler.recorder.pace import FULL, Pace
from flask_profiler.spool import segment as segments
from flask_profiler.spool.folder import check


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a drain did, and what it left."""

    drained: int
    """Measurements that went into the storage."""
    waiting: int | None
    """Measurements that are still in the spool; `None`: that can't be known."""
    reason: str | None = None
    """Why some wait, in whole sentences; `None`: nothing went wrong."""
    hint: str | None = None
    """What can be done about it."""


class Patience:
    """How long a drain may go on, and how long it waits for a busy storage."""

    def __init__(
        self,
        wait: float = 0.0,
        seconds: float | None = None,
        stop: Callable[[], bool] = lambda: False,
        pace: Pace = FULL,
    ) -> None:
        self._wait = wait
        self._end = math.inf if seconds is None else tick_ns() + seconds * 1e9
        self._stop = stop
        self.pace = pace

    def wait(self) -> float:
        """Tell how many seconds a busy storage is waited for now."""
        return max(0.0, min(self._wait, (self._end - tick_ns()) / 1e9))

    def lasts(self) -> bool:
        """Tell whether the drain may go on."""
        return tick_ns() < self._end and not self._stop()


@dataclass(slots=True)
class Swept:
    """How one walk over all segments went."""

    drained: int = 0
    error: Exception | None = None

    def outcome(self, waiting: int | None) -> Outcome:
        """Give it as an outcome."""
        hint = self.error.hint if isinstance(self.error, ProfilerError) else None
        reason = None if self.error is None else str(self.error)
        return Outcome(self.drained, waiting, reason, hint)


def waiting_in(folder: Path) -> int | None:
    """Count the measurements in a spool; `None` if it can't be read."""
    try:
        check(folder)
        return sum(segments.waiting(folder, name) for name in segments.listed(folder))
    except FileNotFoundError:
        return 0
    except (ProfilerError, OSError):
        return None
