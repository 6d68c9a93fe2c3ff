"""Which losses somebody has seen: the second line of `counts.json`.

It has a fixed width, and stands where those who count never write. Whoever deletes the
file to count anew deletes it too. Version 1, the time in µs since the epoch:

    {"acknowledged":      0, "dropped":      0, "torn":      0, "rejected":      0}
"""

from __future__ import annotations

import os
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

import msgspec

from flask_profiler.spool.counters import FILE, LENGTH, Counts, counted
from flask_profiler.spool.files import open_private

_LINE: Final = (
    b'{"acknowledged": %20d, "dropped": %20d, "torn": %20d, "rejected": %20d}\n'
)
_NONE: Final = Counts()


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was lost, and what of it was acknowledged, and when."""

    counts: Counts = _NONE
    seen: Counts = _NONE
    seen_us: int | None = None

    @property
    def fresh(self) -> Counts:
        """Give what nobody has acknowledged."""
        pairs = zip(astuple(self.counts), astuple(self.seen), strict=True)
        return Counts(*(max(0, count - seen) for count, seen in pairs))


class _Stored(msgspec.Struct):
    acknowledged: int
    dropped: int
    torn: int
    rejected: int


def read(folder: Path) -> Ledger:
    """Give what stands in a folder; nothing is made."""
    try:
        fd = open_private(folder / FILE, os.O_RDONLY)
    except FileNotFoundError:
        return Ledger()
    try:
        return _ledger(fd)
    finally:
        os.close(fd)


def acknowledge(folder: Path, now_us: int) -> Counts:
    """Note that somebody knows of the losses up to now; give those that were fresh."""
    try:
        fd = open_private(folder / FILE, os.O_RDWR)
    except FileNotFoundError:
        return Counts()
    try:
        # What is counted after this look stays fresh, so that no lock is needed.
        ledger = _ledger(fd)
        if ledger.fresh:
            os.pwrite(fd, _LINE % (now_us, *astuple(ledger.counts)), LENGTH)
    finally:
        os.close(fd)
    return ledger.fresh


def _ledger(fd: int) -> Ledger:
    counts = counted(fd)
    try:
        text = os.pread(fd, len(_LINE) + 80, LENGTH).partition(b"\n")[0]
        stored = msgspec.json.decode(text, type=_Stored)
    except msgspec.DecodeError:
        return Ledger(counts)
    seen = Counts(stored.dropped, stored.torn, stored.rejected)
    return Ledger(counts, seen, stored.acknowledged)
