"""What a watching drainer says of a storage that takes nothing: once, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_profiler.cli.failures import say
from flask_profiler.cli.heading import shortened
from flask_profiler.cli.source import Source
from flask_profiler.errors import ProfilerError, StorageBusyError

_BUSY_NS: Final = 60_000_000_000
"""From then on, a storage that is busy is worth a line: others may be draining."""


class WatchTrouble:
    """Tell on stderr that measurements can't be stored, and when they can again."""

    def __init__(self, source: Source, tick: Callable[[], int]) -> None:
        self._source = source
        self._tick = tick
        self._busy_since: int | None = None
        self._told = False

    def note(self, error: Exception | None, *, stored: bool = False) -> None:
        """Note how a round ended, and whether it `stored` anything before that."""
        if error is None or stored:
            self._busy_since = None
        if error is None:
            self._end()
        elif not self._told and not self._is_passing(error):
            self._told = True
            self._tell(error)

    def _is_passing(self, error: Exception) -> bool:
        if not isinstance(error, StorageBusyError):
            return False
        if self._busy_since is None:
            self._busy_since = self._tick()
        return self._tick() - self._busy_since < _BUSY_NS

    def _tell(self, error: Exception) -> None:
        known = isinstance(error, ProfilerError)
        reason = str(error) if known else f"{type(error).__name__}: {error}."
        spool = shortened(str(self._source.spool))
        say(f"Measurements can't be stored now, and wait in {spool}: {reason}")
        hint = error.hint if isinstance(error, ProfilerError) else None
        if hint := self._source.cure(hint):
            say(f"Hint: {hint}")

    def _end(self) -> None:
        if self._told:
            self._told = False
            say("Measurements can be stored again.")
