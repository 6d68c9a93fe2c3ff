"""What the log says of a storage that takes nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Final

from flask_profiler.clock import tick_ns
from flask_profiler.errors import ProfilerError, StorageBusyError
from flask_profiler.guard import logger

BUSY_SECONDS: Final = 60.0
"""A storage that is busy for that long, without a success, is worth a line."""


class Trouble:
    """Log once that the storage fails or stays busy, and again after a success."""

    def __init__(self, folder: Path, clock: Callable[[], int] = tick_ns) -> None:
        self._folder = folder
        self._clock = clock
        self._failing = False
        self._busy_since: float | None = None

    def note(self, error: Exception | None, *, stored: bool = False) -> None:
        """Note how a drain ended, and whether it `stored` anything before that."""
        if error is None or stored:
            self._busy_since = None
        if isinstance(error, StorageBusyError):
            self._note_busy(error)
        elif error is None:
            self._failing = False
        elif not self._failing:
            self._failing = True
            self._warn("can't store measurements", error)

    def _note_busy(self, error: StorageBusyError) -> None:
        now = self._clock()
        if self._busy_since is None:
            self._busy_since = now
        elif now - self._busy_since >= BUSY_SECONDS * 1e9:
            self._busy_since = math.inf  # told: never again before a success
            what = f"could store no measurement for {BUSY_SECONDS:.0f} seconds"
            self._warn(what, error)

    def _warn(self, what: str, error: Exception) -> None:
        hint = error.hint if isinstance(error, ProfilerError) else None
        logger.warning(
            "flask_profiler %s, and keeps them in %s: %s %s",
            what,
            self._folder,
            error,
            hint or "",
        )
