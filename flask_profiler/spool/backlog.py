"""Look at what waits in a spool, and drain nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask_profiler.spool import segment as segments
from flask_profiler.spool.folder import check
from flask_profiler.spool.lines import take
from flask_profiler.spool.segment import Segment

_LOOK: Final = 1 << 16
"""Bytes in which the oldest line that waits is looked for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one segment holds."""

    owned: bool
    """Its process is alive."""
    size: int
    drained: int
    lines: int
    """Complete ones that wait."""
    since_us: int | None
    """Since when the first of them waits; `None`: none does, or its end isn't known."""


def waiting(folder: Path) -> dict[str, Waiting]:
    """Look at each segment of a spool; none where there is no spool.

    Raises what `folder.check` raises of a folder that can't be used, and `OSError`.
    """
    try:
        check(folder)
    except FileNotFoundError:
        return {}
    found: dict[str, Waiting] = {}
    for name in segments.listed(folder):
        lines = segments.waiting(folder, name)
        with segments.looked_at(folder, name) as fd:
            if fd is not None:
                found[name] = _waiting(Segment(folder / name, fd), lines)
    return found


def moves(folder: Path, before: Mapping[str, Waiting]) -> bool:
    """Tell whether any of the segments has been drained further since that look."""
    for name, seen in before.items():
        with segments.looked_at(folder, name) as fd:
            if seen.lines and (fd is None or segments.drained(fd) > seen.drained):
                return True
    return False


def size(folder: Path) -> int:
    """Add up the bytes of all files in a folder."""
    total = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            total += path.lstat().st_size
        except FileNotFoundError:  # retired meanwhile
            continue
    return total


def _waiting(segment: Segment, lines: int) -> Waiting:
    drained, end = segment.drained, segment.size
    since_us = None
    if lines:
        segment.size = min(end, drained + _LOOK)
        taken = take(segment, drained).lines[:1]
        changed_us = os.fstat(segment.fd).st_mtime_ns // 1000
        # A line that can't be read may be as young as the file's last change.
        since_us = next((m.started_us + m.elapsed_us for m in taken), changed_us)
    return Waiting(not segment.abandoned, end, drained, lines, since_us)
