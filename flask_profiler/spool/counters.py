"""What the spool lost or set aside, counted in its folder.

One line of fixed width, made when the folder is first used and changed in place, so
that counting works on a full disk and outlives every process. Version 1:

    {"counts": 1, "dropped":      0, "torn":      0, "rejected":      0}

Behind it may stand which of them somebody has acknowledged (`spool.acknowledged`).
"""

from __future__ import annotations

import os
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

import msgspec

from flask_profiler.clock import tick_ns
from flask_profiler.spool.files import open_private, try_lock

FILE: Final = "counts.json"
_LINE: Final = b'{"counts": 1, "dropped": %20d, "torn": %20d, "rejected": %20d}\n'
LENGTH: Final = len(_LINE % (0, 0, 0))
"""Bytes that the counts take in the file."""
_PATIENCE_NS: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Counts:
    """Measurements that are not in the storage, by what became of them."""

    dropped: int = 0
    """Not spooled: the disk or the spool was full."""
    torn: int = 0
    """Lines cut off or damaged, by a kill or a power loss."""
    rejected: int = 0
    """Refused by the storage, and kept in `rejected.ndjson`."""

    def __add__(self, other: Counts) -> Counts:
        """Add up, count by count."""
        return Counts(
            self.dropped + other.dropped,
            self.torn + other.torn,
            self.rejected + other.rejected,
        )

    def __bool__(self) -> bool:
        """Tell whether anything was counted."""
        return any(astuple(self))


class _Stored(msgspec.Struct):
    dropped: int
    torn: int
    rejected: int


def read(folder: Path) -> Counts:
    """Give what has been counted in a folder; nothing is made."""
    try:
        fd = open_private(folder / FILE, os.O_RDONLY)
    except FileNotFoundError:
        return Counts()
    try:
        return counted(fd)
    finally:
        os.close(fd)


def prepare(folder: Path) -> None:
    """Make the file, while there is room for it."""
    add(folder, Counts())


def add(folder: Path, counts: Counts) -> bool:
    """Add to the counts of a folder; False when that can't be done at once.

    Never waits for longer than two milliseconds: a process that was stopped while it
    counted must not stop others.
    """
    fd = open_private(folder / FILE, os.O_RDWR | os.O_CREAT)
    try:
        patience = tick_ns() + _PATIENCE_NS
        while not try_lock(fd):
            if tick_ns() > patience:
                return False
        os.pwrite(fd, _LINE % astuple(counted(fd) + counts), 0)
    finally:
        os.close(fd)
    return True


def counted(fd: int) -> Counts:
    """Read the counts of an open file; zeros where it is empty or damaged."""
    text = os.pread(fd, 200, 0).partition(b"\n")[0]
    try:
        stored = msgspec.json.decode(text, type=_Stored)
    except msgspec.DecodeError:
        return Counts()
    return Counts(stored.dropped, stored.torn, stored.rejected)
