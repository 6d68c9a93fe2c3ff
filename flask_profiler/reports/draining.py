"""What waits in a spool, and whether anybody drains it.

Only what can be seen from outside counts. Young lines prove nothing. Lines that have
waited for long, while the drained offsets in the headers of the segments stand still,
prove that nothing has been drained as long as they were watched; offsets that move
prove that somebody drains.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask_profiler.clock import US
from flask_profiler.results import Backlog, Draining
from flask_profiler.spool import backlog
from flask_profiler.spool.backlog import Waiting

OLD_US: Final = 10 * US
"""From this age on, lines wait for too long."""
_INTERVALS: Final = 4
"""Or from so many pauses of the drainers on, if that is more."""
_LEAST_WATCH: Final = 1.0
_LONGEST_WATCH: Final = 5.0
"""Seconds for which old lines are watched, by the pause of the drainers."""
_STEP: Final = 0.05


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a spool has shown."""

    backlog: Backlog
    draining: Draining


def look(folder: Path, interval: float, now_us: int) -> Seen:
    """Look at a spool, and for a moment longer where lines have waited for long.

    `interval` is the pause of the drainers in seconds. Raises what `backlog.waiting`
    raises.
    """
    found = backlog.waiting(folder)
    seen = _added_up(found, backlog.size(folder))
    if seen.since_us is None:
        return Seen(seen, "nothing waits")
    if now_us - seen.since_us < max(OLD_US, _INTERVALS * interval * US):
        return Seen(seen, "recent")
    moves = _moves(folder, found, interval)
    return Seen(seen, "behind" if moves else "stalled")


def _added_up(found: Mapping[str, Waiting], size: int) -> Backlog:
    starts = [one.since_us for one in found.values() if one.since_us is not None]
    return Backlog(
        lines=sum(one.lines for one in found.values()),
        bytes=sum(max(0, one.size - one.drained) for one in found.values()),
        size=size,
        writers=sum(one.owned for one in found.values()),
        since_us=min(starts, default=None),
    )


def _moves(folder: Path, found: Mapping[str, Waiting], interval: float) -> bool:
    watch = min(max(_LEAST_WATCH, 2 * interval), _LONGEST_WATCH)
    end = time.monotonic() + watch
    while not backlog.moves(folder, found):
        if time.monotonic() >= end:
            return False
        time.sleep(_STEP)
    return True
