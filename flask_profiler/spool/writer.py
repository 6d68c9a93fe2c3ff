"""Append lines to this process's own segment: no waiting, no database, no thread."""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path
from typing import Final

from flask_profiler.clock import tick_ns
from flask_profiler.errors import ProfilerError
from flask_profiler.guard import logger, report, shielded
from flask_profiler.spool import counters, segment
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.folder import is_usable
from flask_profiler.spool.forks import Renewed, watch
from flask_profiler.spool.own import OwnSegment, begin
from flask_profiler.spool.unusable import in_words, unusable

SEGMENT_BYTES: Final = 4 * 1024 * 1024
"""Size from which a segment is followed by the next."""
SEGMENT_SECONDS: Final = 5.0
"""Age from which a segment that is drained is followed by the next."""
_LOOK_NS: Final = 1_000_000_000
"""Between two looks at the state of the segment and of the spool."""
_FULL_NS: Final = 100_000_000
"""Between two looks while nothing can be written."""
_NOWHERE: Final = segment.NO_DESCRIPTORS | {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What another segment doesn't help against."""
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
        self._rescued = b""

    def append(self, line: bytes) -> bool:
        """Append one line, with its newline; False: it is lost, and counted.

        A full or broken disk, a folder that can't be used: logged once, never raised.
        """
        with self.lock:
            try:
                own = self._own
                self._room -= len(line)
                if self._room < 0 or own is None or tick_ns() > self._next_look:
                    own = self._next(len(line))
                    if own is None:
                        return self._drop()
                    self._room -= len(line)
                return own.write(line) or self._torn()
            except Exception as error:  # noqa: BLE001 - never into the request
                return self._again(line, error)

    def close(self) -> None:
        """End the segment, so that whoever comes may retire it."""
        with self.lock:
            self._leave()
            if self._rescued:
                with shielded("saving what was in a deleted segment"):
                    self._begin()
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
        free = self._free()
        if self._own is not None and self._is_over(self._own, now, free):
            self._leave()
        if free is not None and size > free:
            self._closed_until = now + _FULL_NS
            self._complain("full", f"the spool {self.folder} is full.")
            return None
        own = self._own or self._begin()
        own.mend()
        rest = self._segment_bytes - own.size
        self._room = max(size, rest if free is None else min(rest, free // _SHARE))
        self._next_look = now + _LOOK_NS
        own.note_look()
        return own

    def _free(self) -> int | None:
        """Tell what is free in the spool; `None`: there is no descriptor to look."""
        try:
            return self._max_bytes - segment.undrained_bytes(self.folder)
        except OSError as error:
            if self._own is None or error.errno not in segment.NO_DESCRIPTORS:
                raise
            return None

    def _is_over(self, own: OwnSegment, now: int, free: int | None) -> bool:
        if own.lost or free is None:
            return own.lost  # As long as it is open it can be written to.
        if own.size >= self._segment_bytes:
            return True
        if own.folder != self.folder and is_usable(self.folder):
            return True
        # Undrained, it would only become one of many: the storage is down.
        return now - own.born_ns >= self._seconds_ns and own.is_mostly_drained()

    def _begin(self) -> OwnSegment:
        rescued, self._rescued = self._rescued, b""
        lines = [line for line in reversed(rescued.split(b"\n")) if line]
        try:
            own, hindrance = begin(self.folder)
            self._own = own
            if hindrance is not None:
                self._complain("refuge", hindrance, own.folder)
            while lines:
                own.mend()
                own.write(lines[-1] + b"\n")  # a torn one gets its end
                lines.pop()
        except BaseException:
            self._uncounted += Counts(dropped=len(lines))
            raise
        return own

    def _leave(self) -> None:
        own, self._own = self._own, None
        self._room = -1
        if own is not None:
            self._rescued += own.rescued()
            own.close()

    def _torn(self) -> bool:
        self._room = -1
        return False

    def _again(self, line: bytes, error: Exception) -> bool:
        if not isinstance(error, OSError) or error.errno in _NOWHERE:
            return self._failed(error)
        # The host closed the descriptor, or the disk went away: elsewhere, once.
        self._leave()
        try:
            own = self._next(len(line))
            return self._drop() if own is None else own.write(line) or self._torn()
        except Exception as second:  # noqa: BLE001 - never into the request
            return self._failed(second)

    def _failed(self, error: Exception) -> bool:
        if isinstance(error, OSError):
            failure = unusable(self.folder, "written", error)
            self._complain(str(error.errno), in_words(failure))
        elif isinstance(error, ProfilerError):
            self._complain(type(error).__name__, in_words(error))
        else:
            report("appending to the spool", error)
        self._closed_until = tick_ns() + _FULL_NS
        return self._drop()

    def _complain(self, kind: str, why: str, kept: Path | None = None) -> None:
        if kind not in self._complaints:
            self._complaints.add(kind)
            does = "drops measurements" if kept is None else f"spools to {kept}"
            logger.warning("flask_profiler %s: %s", does, why)

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
