"""The segment that this process writes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from flask_profiler.clock import tick_ns
from flask_profiler.errors import ProfilerError
from flask_profiler.spool import counters
from flask_profiler.spool import segment as segments
from flask_profiler.spool.files import out_of_the_way
from flask_profiler.spool.folder import make
from flask_profiler.spool.refuge import NO_PLACE, make_refuge
from flask_profiler.spool.unusable import in_words, unusable

_TRIES: Final = 3


class OwnSegment:
    """A segment that is locked by us as long as it is open.

    Not for several threads at once: the writer holds its lock.
    """

    __slots__ = ("_fd", "_identity", "_seen", "_torn", "born_ns", "folder", "name")

    def __init__(self, folder: Path) -> None:
        self._fd = -1
        self.folder = folder
        fd, self.name = segments.create(folder)
        self._fd = out_of_the_way(fd)
        self._identity = self._look()[:2]
        self._seen = segments.HEADER_SIZE
        self._torn = False
        self.born_ns = tick_ns()

    def write(self, line: bytes) -> bool:
        """Append a line; False: a piece of it was written, and no more could be.

        Then `mend` must come before the next. Raises `OSError` when nothing was
        written.
        """
        written = os.write(self._fd, line)
        return written == len(line) or self._finish(line[written:])

    def mend(self) -> None:
        """End a line that is there in part, so that the next one isn't glued to it.

        The drainers count it as torn. Raises `OSError` when that can't be done.
        """
        if self._torn:
            os.write(self._fd, b"\n")
            self._torn = False

    def _finish(self, rest: bytes) -> bool:
        for _ in range(_TRIES):
            try:
                rest = rest[os.write(self._fd, rest) :]
            except OSError:
                break
            if not rest:
                return True
        self._torn = True
        return False

    def note_look(self) -> None:
        """Remember that it was there with all that is in it up to now."""
        self._seen = self.size

    def rescued(self) -> bytes:
        """Give the lines that came since the last look into a file that was deleted.

        What was there before is meant to be gone, and what is drained is stored.
        """
        try:
            *identity, links = self._look()
            if links or tuple(identity) != self._identity:
                return b""
            begin = max(self._seen, segments.drained(self._fd))
            return os.pread(self._fd, max(0, self.size - begin), begin)
        except OSError:
            return b""

    @property
    def size(self) -> int:
        """Tell how long the file is, in bytes."""
        return os.fstat(self._fd).st_size

    def is_mostly_drained(self) -> bool:
        """Tell whether less than half of its lines are waiting."""
        size, drained = self.size, segments.drained(self._fd)
        return (size - drained) * 2 <= size - segments.HEADER_SIZE

    @property
    def lost(self) -> bool:
        """Tell whether the file was deleted, or the descriptor closed by the host."""
        try:
            device, inode, links = self._look()
        except OSError:
            return True
        return links == 0 or (device, inode) != self._identity

    def close(self) -> None:
        """Close it, which unlocks it unless a parent process has it open as well.

        Never closes a number that the host has meanwhile used for a file of its own.
        """
        fd, self._fd = self._fd, -1
        if fd < 0:
            return
        try:
            found = os.fstat(fd)
        except OSError:
            return
        if (found.st_dev, found.st_ino) == self._identity:
            os.close(fd)

    __del__ = close

    def _look(self) -> tuple[int, ...]:
        found = os.fstat(self._fd)
        return found.st_dev, found.st_ino, found.st_nlink


def begin(folder: Path) -> tuple[OwnSegment, str | None]:
    """Make a segment in a spool folder, else in its refuge, and then say why."""
    try:
        make(folder)
        counters.prepare(folder)
        os.scandir(folder).close()  # or nobody could drain it
        return OwnSegment(folder), None
    except ProfilerError as error:
        return OwnSegment(make_refuge(folder)), in_words(error)
    except OSError as error:
        if error.errno not in NO_PLACE:
            raise
        failure = unusable(folder, "written", error)
        with suppress(OSError, ProfilerError):
            return OwnSegment(make_refuge(folder)), in_words(failure)
        raise
