"""Drain before reading, so that a reader sees every request that was answered."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from flask_profiler.errors import StorageUnavailableError
from flask_profiler.recorder.drain import Drainer
from flask_profiler.recorder.outcome import Outcome, Patience, waiting_in
from flask_profiler.storage.base import Storage

READER_SECONDS: Final = 2.0


def drain_for_reader(
    storage: Storage, folder: Path, seconds: float = READER_SECONDS
) -> Outcome:
    """Drain for at most about `seconds`; tell what waits, and why.

    In what is left of the time the storage catches up with its own work, which nobody
    else does where workers don't drain.

    Raises nothing: who can't drain can still read what has been drained. Makes neither
    a folder nor, where nothing waits, a store.
    """
    patience = Patience(seconds=seconds)
    try:
        outcome = Drainer(folder, storage).run(seconds=seconds, wait=seconds)
        if outcome.waiting == 0 and folder.exists():
            with suppress(StorageUnavailableError):
                while patience.lasts() and storage.upkeep():
                    pass
    except Exception as error:  # noqa: BLE001 - an engine's own errors
        reason = f"{type(error).__name__}: {error}."
        return Outcome(0, waiting_in(folder), reason)
    return outcome
