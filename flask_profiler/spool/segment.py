"""One file of the spool: how it is made, named, opened, locked and retired.

Format, version 1: a header of fixed width, then lines (`line.format`).

    {"spool": 1, "drained":                   93}

`drained` is how far the file has been drained, in bytes from its beginning. Drainers
overwrite it in place (which works on a full disk too) after they have committed, so it
is a lower bound that outlives the database. For an engine without transactions it is
the mark itself.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from flask_profiler.spool.files import lock, open_private, try_lock, write_all
from flask_profiler.spool.refuge import places

_HEADER: Final = b'{"spool": 1, "drained": %20d}\n'
HEADER_SIZE: Final = len(_HEADER % 0)
_header = re.compile(rb'\{"spool": 1, "drained": ([ \d]{20})\}\n')
_SUFFIX: Final = ".ndjson"
_PREFIX: Final = "segment-"
NO_DESCRIPTORS: Final = frozenset({errno.EMFILE, errno.ENFILE})
"""What the system answers where too many files are open."""
_STALE: Final = 60.0
"""Seconds after which a hidden file without an owner is a leftover."""


def create(folder: Path) -> tuple[int, str]:
    """Make a segment, locked by the descriptor that is given back with its name.

    Nobody sees the file before it is locked: a segment without a lock belongs to a
    process that has died. The name is never used again.
    """
    name = f"{_PREFIX}{int(time.time()):x}-{os.urandom(12).hex()}{_SUFFIX}"
    hidden = folder / f".{name}"
    fd = open_private(hidden, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL)
    try:
        lock(fd)
        write_all(fd, _HEADER % HEADER_SIZE)
        hidden.rename(folder / name)
    except BaseException:
        os.close(fd)
        hidden.unlink(missing_ok=True)
        raise
    return fd, name


def listed(folder: Path) -> list[str]:
    """Name the segments of a spool, roughly the oldest first."""
    return sorted(name for place in places(folder) for name in _names(place))


def sheltered(folder: Path) -> list[str]:
    """Name those of them that are in the refuge."""
    return sorted(name for place in places(folder)[1:] for name in _names(place))


def _names(place: Path) -> list[str]:
    try:
        with os.scandir(place) as found:
            names = [entry.name for entry in found]
    except FileNotFoundError:
        return []
    return [n for n in names if n.startswith(_PREFIX) and n.endswith(_SUFFIX)]


def sweep_hidden(folder: Path) -> None:
    """Remove what processes left that died while they made a segment."""
    for path in [p for place in places(folder) for p in place.glob(f".{_PREFIX}*")]:
        with opened(folder, path.name) as segment:
            if segment and segment.abandoned and segment.age() > _STALE:
                path.unlink(missing_ok=True)


class Segment:
    """A segment that somebody else writes, open for draining."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path, self.name, self.fd = path, path.name, fd
        self.abandoned = try_lock(fd)
        """Whether its owner is gone. Then the lock is ours until we close."""
        # The end counts only if it is read after the lock was tried.
        found = os.fstat(fd)
        self.size = found.st_size
        self.unlinked = found.st_nlink == 0
        self._modified = found.st_mtime

    @property
    def drained(self) -> int:
        """Tell how far it has been drained at least; 0 if the header is damaged."""
        return drained(self.fd)

    def age(self) -> float:
        """Tell for how many seconds nobody has written to it."""
        return time.time() - self._modified

    def note_drained(self, offset: int) -> None:
        """Write into the header how far it has been drained; never less than before."""
        before = self.drained
        if before and before < offset:
            os.pwrite(self.fd, _HEADER % offset, 0)


def drained(fd: int) -> int:
    """Tell how far an open segment has been drained at least."""
    match = _header.match(os.pread(fd, HEADER_SIZE, 0))
    return int(match[1]) if match else 0


@contextmanager
def opened(folder: Path, name: str) -> Iterator[Segment | None]:
    """Open a segment and try its lock; `None` if it is no longer there."""
    path, fd = _open(folder, name, os.O_RDWR)
    if fd is None:
        yield None
        return
    try:
        segment = Segment(path, fd)
        yield None if segment.unlinked else segment
    finally:
        os.close(fd)


def _open(folder: Path, name: str, flags: int) -> tuple[Path, int | None]:
    # The refuge first: the folder may be shut. Names are never used twice.
    for place in reversed(places(folder)):
        with suppress(FileNotFoundError):
            return place / name, open_private(place / name, flags)
    return folder / name, None


def undrained_bytes(folder: Path) -> int:
    """Add up what the segments hold that has not been drained."""
    total = 0
    for place in places(folder):
        try:
            names = _names(place)
        except PermissionError:
            continue  # Shut: nothing can be written there, the refuge counts.
        total += sum(_undrained(folder, name) for name in names)
    return total


def _undrained(folder: Path, name: str) -> int:
    try:
        with looked_at(folder, name) as fd:
            return 0 if fd is None else os.fstat(fd).st_size - drained(fd)
    except OSError as error:
        if error.errno in NO_DESCRIPTORS:
            raise
        return 0  # Drainers tell of it; it must not keep others from the spool.


def waiting(folder: Path, name: str) -> int:
    """Count the lines of a segment that have not been drained."""
    with looked_at(folder, name) as fd:
        if fd is None:
            return 0
        count, offset = 0, drained(fd)
        while chunk := os.pread(fd, 1 << 20, offset):
            count += chunk.count(b"\n")
            offset += len(chunk)
        return count


@contextmanager
def looked_at(folder: Path, name: str) -> Iterator[int | None]:
    """Open a segment for a look, without its lock; `None` if it isn't there."""
    fd = _open(folder, name, os.O_RDONLY)[1]
    try:
        yield fd
    finally:
        if fd is not None:
            os.close(fd)
