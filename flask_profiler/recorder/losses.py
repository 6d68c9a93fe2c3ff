"""Set aside and count what can't go into the storage."""

from __future__ import annotations

from pathlib import Path

from flask_profiler.guard import logger
from flask_profiler.recorder.deposit import Deposit
from flask_profiler.spool import counters, rejected
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.lines import Batch
from flask_profiler.spool.unusable import unusable

_STRANGE = "not a line of a version that is known here"


class Losses:
    """What a drainer found torn, or was refused: counted once it is committed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._uncommitted = Counts()
        self._uncounted = Counts()
        self._told: set[type[Exception]] = set()

    def note(self, batch: Batch, deposit: Deposit) -> None:
        """Keep what was refused, before the batch is committed: better twice than not.

        Nothing is counted yet.
        """
        for raw in batch.strange:
            self._keep(_STRANGE, raw)
        for raw, error in deposit.refused:
            self._keep(f"{type(error).__name__}: {error}", raw)
            if type(error) not in self._told:
                self._told.add(type(error))
                logger.warning(
                    "flask_profiler: the storage refused a measurement, which is kept "
                    "in %s: %s",
                    self._folder / rejected.FILE,
                    error,
                )
        refused = len(batch.strange) + len(deposit.refused)
        self._uncommitted = Counts(torn=batch.torn, rejected=refused)

    def committed(self) -> None:
        """Count what was noted last."""
        self._uncounted += self._uncommitted
        self._uncommitted = Counts()
        self.count()

    def count(self) -> None:
        """Write what is not counted yet into the folder, if that can be done now."""
        if not self._uncounted:
            return
        try:
            if counters.add(self._folder, self._uncounted):
                self._uncounted = Counts()
        except OSError as error:
            _warn("count what it lost", self._folder / counters.FILE, error)

    def _keep(self, reason: str, raw: bytes) -> None:
        try:
            rejected.keep(self._folder, reason, raw)
        except OSError as error:
            _warn("keep a refused line", self._folder / rejected.FILE, error)


def _warn(what: str, path: Path, error: OSError) -> None:
    failure = unusable(path, "written", error)
    hint = failure.hint or ""
    logger.warning("flask_profiler can't %s: %s %s", what, failure, hint)
