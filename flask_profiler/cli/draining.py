"""Drain a source once, all of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

from flask_profiler.cli.empty import NAMED
from flask_profiler.cli.failures import Failure
from flask_profiler.cli.source import Source
from flask_profiler.errors import (
    ProfilerError,
    StorageMissingError,
    StorageUnavailableError,
)
from flask_profiler.recorder import Drainer, Outcome
from flask_profiler.recorder.outcome import waiting_in

_PATIENCE: Final = 10.0
"""Seconds that a busy storage is waited for."""


def drained_once(source: Source) -> Source:
    """Move everything into the store, and let it catch up with its own work.

    Gives the source with the outcome, which says why if something had to stay.
    """
    _require_something(source)
    try:
        outcome = _drained(source)
    except Exception as error:  # noqa: BLE001 - engines are written by anybody
        known = isinstance(error, ProfilerError)
        reason = str(error) if known else f"{type(error).__name__}: {error}."
        hint = error.hint if isinstance(error, ProfilerError) else None
        outcome = Outcome(0, waiting_in(source.spool), reason, hint)
    return replace(source, outcome=outcome)


def _drained(source: Source) -> Outcome:
    drainer = Drainer(source.spool, source.storage)
    outcome = drainer.run(wait=_PATIENCE)
    if outcome.waiting == 0 and source.spool.exists():
        # Nobody else does it where workers don't drain; it can wait.
        with suppress(StorageUnavailableError):
            drainer.tidy()
            while drainer.storage.upkeep():
                pass
    return outcome


def _require_something(source: Source) -> None:
    """Refuse a name behind which there is neither a store nor a spool."""
    if not source.named or source.spool.exists():
        return
    try:
        source.storage.facts()
    except StorageMissingError as missing:
        raise Failure(str(missing), hint=NAMED) from missing
