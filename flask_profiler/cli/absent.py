"""What was measured and isn't in the store: said with every answer."""

from __future__ import annotations

from pathlib import Path

from flask_profiler.cli.failures import say
from flask_profiler.cli.source import Source
from flask_profiler.errors import ProfilerError
from flask_profiler.formatting import number_of
from flask_profiler.spool import acknowledged, rejected


def tell_of_absent(source: Source, error: Exception | None = None) -> None:
    """Say on stderr what waits in the spool and why, and what was lost on the way.

    What somebody has acknowledged isn't said again. Nor is a reason that is also
    that of `error`, which will be shown.
    """
    _tell_of_waiting(source, known=None if error is None else str(error))
    _tell_of_losses(source.spool)


def _tell_of_waiting(source: Source, known: str | None) -> None:
    outcome = source.outcome
    if outcome.waiting == 0:
        return
    told = not outcome.reason or outcome.reason == known
    reason = "." if told else f": {outcome.reason}"
    if outcome.waiting is None:
        say(f"What waits in the spool can't be counted{reason}")
    else:
        waiting = number_of(outcome.waiting, "measurement")
        wait = "waits" if outcome.waiting == 1 else "wait"
        say(f"{waiting} still {wait} in the spool{reason}")
    if not told and outcome.hint:
        say(f"Hint: {source.cure(outcome.hint)}")


def _tell_of_losses(folder: Path) -> None:
    try:
        lost = acknowledged.read(folder).fresh
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
        say("Hint: 'flask profiler status --acknowledge' notes that you know of it.")


def _were(count: int, fate: str) -> str:
    were = "was" if count == 1 else "were"
    return f"{number_of(count, 'measurement')} {were} {fate}"
