"""Append lines to this process's own segment: no waiting, no database, no thread."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from flask_profiler.clock import tick_ns
from flask_profiler.errors import ProfilerError
from flask_profiler.guard import logger, report
from flask_profiler.spool import counters, segment
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.folder import make
from flask_profiler.spool.forks import Renewed, watch
from flask_profiler.spool.own import OwnSegment
from flask_profiler.spool.unusable import unusable

SEGMENT_BYTES: Final = 4 * 1024 * 1024
"""Size from which a segment is followed by the next."""
SEGMENT_SECONDS: Final = 5.0
"""Age from which a segment that is drained is followed by the next."""
_LOOK_NS: Final = 1_000_000_000
"""Between two looks at the state of the segment and of the spool."""
_FULL_NS: Final = 100_000_000
"""Between two looks while nothing can be written."""
_SHARE: Final = 8
"""A process takes this part of what is free in the spool before it looks again."""


class Writer(Renewed):
    """Append lines to the spool, from any thread and on both sides of a fork."""

    def __init__(
        self, folder: Path, max_bytes: int, *, seconds: float = SEGMENT_SECONDS
    ) -> None:
        super().__init__()
        watch()
        self.folder = folder
        self._max_bytes = max_bytes
        self._segment_bytes = max(1, min(SEGMENT_BYTES, max_bytes // 8))
        self._seconds_ns = int(seconds * 1e9)
        self._complaints: set[str] = set()
        self._start_anew()

    def _start_anew(self) -> None:
        self._own: OwnSegment | None = None
        self._room = -1
        self._next_look = 0
        self._closed_until = 0
        self._uncounted = Counts()

    def append(self, line: bytes) -> bool:
        """Append one line, with its newline; False: it is lost, and counted.

        A full or broken disk, a folder that can't be used: logged once, never raised.
        """
        if os.getpid() != self.owner_pid:
            self.fork_noticed()
        with self.lock:
            try:
                own = self._own
                if own is None or len(line) > self._room or tick_ns() > self._next_look:
                    own = self._next(len(line))
                if own is None:
                    return self._drop()
                self._room -= len(line)
                return own.write(line)
            except Exception as error:  # noqa: BLE001 - never into the request
                return self._failed(error)

    def close(self) -> None:
        """End the segment, so that whoever comes may retire it."""
        with self.lock:
            self._leave()
            self._count(Counts())

    def renew(self) -> None:
        """Close what was inherited; the parent goes on with its lock on the file."""
        own = self._own
        self._start_anew()
        if own is not None:
            own.close()

    def _next(self, size: int) -> OwnSegment | None:
        now = tick_ns()
        if now < self._closed_until:
            return None
        if self._own is not None and self._is_over(self._own, now):
            self._leave()
        free = self._max_bytes - self._undrained()
        if size > free:
            self._closed_until = now + _FULL_NS
            self._complain("full", f"the spool {self.folder} is full.")
            return None
        if self._own is None:
            self._own = self._make()
        rest = self._segment_bytes - self._own.size
        self._room = max(size, min(rest, free // _SHARE))
        self._next_look = now + _LOOK_NS
        return self._own

    def _is_over(self, own: OwnSegment, now: int) -> bool:
        if own.lost or own.size >= self._segment_bytes:
            return True
        # Undrained, it would only become one of many: the storage is down.
        return now - own.born_ns >= self._seconds_ns and own.is_mostly_drained()

    def _undrained(self) -> int:
        return segment.undrained_bytes(self.folder)

    def _make(self) -> OwnSegment:
        make(self.folder)
        counters.prepare(self.folder)
        return OwnSegment(self.folder)

    def _leave(self) -> None:
        own, self._own = self._own, None
        self._room = -1
        if own is not None:
            own.close()

    def _failed(self, error: Exception) -> bool:
        if isinstance(error, OSError):
            if error.errno == errno.EBADF:
                self._leave()
            failure = unusable(self.folder, "written", error)
            self._complain(str(error.errno), f"{failure} {failure.hint or ''}")
        elif isinstance(error, ProfilerError):
            self._complain(type(error).__name__, f"{error} {error.hint or ''}")
        else:
            report("appending to the spool", error)
        self._closed_until = tick_ns() + _FULL_NS
        return self._drop()

    def _complain(self, kind: str, why: str) -> None:
        if kind not in self._complaints:
            self._complaints.add(kind)
            logger.warning("flask_profiler drops measurements: %s", why)

    def _drop(self) -> bool:
        self._count(Counts(dropped=1))
        return False

    def _count(self, counts: Counts) -> None:
        # What can't be counted now is counted with the next, or when we close.
        self._uncounted += counts
        if not self._uncounted:
            return
        # Where there is no folder to count in, there was a complaint already.
        with suppress(OSError):
            if counters.add(self.folder, self._uncounted):
                self._uncounted = Counts()
