"""Stand in for what a real shop waits for: its database, its bank."""

from __future__ import annotations

import time
import zlib


def duration(milliseconds: float, *about: object) -> float:
    """Spread a duration by what it is about: the same product is always as slow."""
    digest = zlib.crc32(repr(about).encode()) % 1000 / 1000
    tail = 4 if digest > 0.95 else 1
    return milliseconds * (0.6 + 0.8 * digest) * tail / 1000


def work(milliseconds: float, *about: object) -> None:
    """Take about that long."""
    time.sleep(duration(milliseconds, *about))
