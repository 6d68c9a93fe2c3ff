"""What is wrong, in words, and what cures it.

Codes: store-missing, store-unavailable, spool-unusable, spool-full, draining-stalled,
draining-behind, dropped, torn, rejected.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask_profiler.errors import ProfilerError, StorageMissingError
from flask_profiler.formatting import number_of, percent_text, size_text, span_text
from flask_profiler.results import Backlog, Draining, Loss, Problem, Settings
from flask_profiler.spool import rejected
from flask_profiler.spool.unusable import unusable

FULL: Final = 0.8
"""The share of `spool.max_bytes` from which on a spool is too full."""

_SEEN: Final = "'flask profiler status --acknowledge' ends this warning"
_DRAIN: Final = "'flask profiler drain' drains it, or says why it can't"
_WATCH: Final = "'flask profiler drain --watch' beside the workers"


def of_store(error: Exception) -> Problem:
    """Say why a store can't be read."""
    missing = isinstance(error, StorageMissingError)
    code = "store-missing" if missing else "store-unavailable"
    return _of_error(code, error)


def of_spool(error: Exception, folder: Path) -> Problem:
    """Say why a spool can't be looked at or used."""
    known = unusable(folder, "used", error) if isinstance(error, OSError) else error
    return _of_error("spool-unusable", known)


def of_draining(
    draining: Draining, backlog: Backlog, settings: Settings | None, now_us: int
) -> list[Problem]:
    """Say that lines have waited for long, and whether they become less."""
    if draining not in {"behind", "stalled"}:
        return []
    count = number_of(backlog.lines, "measurement")
    age = span_text(now_us - (backlog.since_us or now_us))
    waiting = f"{count} {'waits' if backlog.lines == 1 else 'wait'}, for up to {age}"
    if draining == "behind":
        text = f"Draining is too slow: {waiting}, while others are stored."
        cure = f"If it lasts, run {_WATCH}, on a processor with time to spare."
        return [Problem("draining-behind", text, cure)]
    outside = settings is not None and not settings.drain
    keeps = f"; {_WATCH} keeps it empty" if outside else ""
    text = f"Nobody drains the spool: {waiting}."
    return [Problem("draining-stalled", text, f"{_DRAIN}{keeps}.")]


def of_room(backlog: Backlog, settings: Settings | None) -> list[Problem]:
    """Say that the spool has reached its limit, or soon will."""
    if settings is None or backlog.bytes < FULL * settings.max_bytes:
        return []
    share = percent_text(min(1.0, backlog.bytes / settings.max_bytes))
    limit = size_text(settings.max_bytes)
    text = f"The spool is {share} full ({limit}); beyond, measurements are dropped."
    cure = f"{_DRAIN}; spool.max_bytes is the limit."
    return [Problem("spool-full", text, cure)]


def of_losses(losses: tuple[Loss, ...], folder: Path) -> list[Problem]:
    """Say what was lost and not acknowledged."""
    return [_of_loss(loss, folder) for loss in losses if loss.fresh]


def _of_loss(loss: Loss, folder: Path) -> Problem:
    count = number_of(loss.fresh, "measurement")
    were = f"{count} {'was' if loss.fresh == 1 else 'were'}"
    match loss.kind:
        case "dropped":
            text = f"{were} dropped: the spool or its disk was full, or not usable."
            cure = f"Make room, or see that somebody drains; then {_SEEN}."
        case "torn":
            text = f"{were} torn: cut off by a kill, a full disk or a power loss."
            cure = f"They can't be mended; {_SEEN}."
        case "rejected":
            why = f", the last because of {loss.reason}" if loss.reason else ""
            text = f"{were} refused by the storage{why}."
            cure = f"They are kept in {folder / rejected.FILE}; then {_SEEN}."
    return Problem(loss.kind, text, cure)


def _of_error(code: str, error: Exception) -> Problem:
    if isinstance(error, ProfilerError):
        return Problem(code, str(error), error.hint)
    return Problem(code, f"{type(error).__name__}: {error}", None)
