"""Make uids as a process does that measures."""

from __future__ import annotations

import itertools
import os

US = 1_000_000


class Uids:
    """Make uids in the layout of a MongoDB ObjectId: 4 bytes time, 5 random, 3 counter.

    Source: the BSON ObjectId specification. Any thread; make a new one after a fork.
    """

    __slots__ = ("_counter", "_process", "_second")

    def __init__(self) -> None:
        self._process = os.urandom(5).hex()
        start = int.from_bytes(os.urandom(3), "big")
        self._counter = itertools.count(start)
        self._second = (-1, "")

    def make(self, started_us: int) -> str:
        """Make a uid for a measurement that started at `started_us`; 24 hex digits."""
        second, prefix = self._second
        if started_us // US != second:
            second = started_us // US
            prefix = f"{second & 0xFFFFFFFF:08x}{self._process}"
            self._second = second, prefix
        count = next(self._counter)
        return f"{prefix}{count & 0xFFFFFF:06x}"
