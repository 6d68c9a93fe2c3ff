"""What was measured and isn't in the store: said with every answer."""

from __future__ import annotations

from pathlib import Path

from flask_profiler.cli.failures import say
from flask_profiler.errors import ProfilerError
from flask_profiler.formatting import number_of
from flask_profiler.spool import counters, rejected


def tell_of_losses(folder: Path) -> None:
    """Say on stderr what was dropped or torn on the way, and what was refused."""
    try:
        lost = counters.read(folder)
    except (ProfilerError, OSError):
        return
    if lost.dropped:
        say(
            f"{_were(lost.dropped, 'dropped')}, because the spool or its disk was full."
        )
    if lost.torn:
        say(f"{_were(lost.torn, 'torn')}: cut off by a kill or a full disk.")
    if lost.rejected:
        kept = folder / rejected.FILE
        say(f"{_were(lost.rejected, 'refused by the storage')}; see {kept}.")
    if lost:
        say(f"Hint: Delete {folder / counters.FILE} to count anew.")


def _were(count: int, fate: str) -> str:
    were = "was" if count == 1 else "were"
    return f"{number_of(count, 'measurement')} {were} {fate}"
