"""Move what is spooled into the storage: exactly once, from any process."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path

from flask_profiler.errors import ProfilerError, StorageUnavailableError
from flask_profiler.recorder.deposit import Deposit
from flask_profiler.recorder.holding import folder_lock, gate
from flask_profiler.recorder.losses import Losses
from flask_profiler.recorder.outcome import Outcome, Patience, Swept, waiting_in
from flask_profiler.spool import segment as segments
from flask_profiler.spool.folder import check
from flask_profiler.spool.lines import Batch, take
from flask_profiler.spool.segment import Segment
from flask_profiler.spool.unusable import unusable
from flask_profiler.storage.base import Mark, Storage


class Drainer:
    """Drain one spool folder into one storage; one thread at a time uses it."""

    def __init__(self, folder: Path, storage: Storage) -> None:
        self.folder = folder
        self.storage = storage
        self._losses = Losses(folder)
        self._incomplete: dict[str, int] = {}
        self._retired: list[str] = []

    def run(self, *, seconds: float | None = None, wait: float = 0.0) -> Outcome:
        """Drain what there is, for about `seconds` at most, then tell what waits.

        A storage that is busy is waited for, `wait` seconds and no longer than the
        rest of `seconds`. What the storage can't take now stays in the spool.
        """
        patience = Patience(wait, seconds)
        swept = self.sweep(patience)
        everything = swept.error is None and patience.lasts()
        return swept.outcome(0 if everything else waiting_in(self.folder))

    def sweep(self, patience: Patience) -> Swept:
        """Drain every segment until the patience ends, or the storage can't go on."""
        swept = Swept()
        try:
            names = self._names(swept)
            for name in names:
                self._drain_one(name, swept, patience)
            self._forget_retired()
            # Others retire segments too.
            for name in self._incomplete.keys() - names:
                del self._incomplete[name]
        except ProfilerError as error:
            swept.error = error
        except OSError as error:
            swept.error = unusable(self.folder, "read", error)
        self._losses.count()
        return swept

    def _names(self, swept: Swept) -> list[str]:
        try:
            check(self.folder)
            return segments.listed(self.folder)
        except FileNotFoundError:
            return []
        except ProfilerError as error:
            swept.error = error
        except OSError as error:
            swept.error = unusable(self.folder, "read", error)
        # What came since is in the refuge.
        return segments.sheltered(self.folder)

    def tidy(self) -> None:
        """Remove what processes left behind that were killed in the middle."""
        segments.sweep_hidden(self.folder)
        if self.storage.transactional:
            names = list(self.storage.marked())
            there = set(segments.listed(self.folder))
            self._retired += [name for name in names if name not in there]
            self._forget_retired()

    def _drain_one(self, name: str, swept: Swept, patience: Patience) -> None:
        try:
            more = True
            while more and patience.lasts():
                with gate(patience.wait()):
                    more = self._has_work(name) and self._step(name, swept, patience)
                patience.pace.rest()
        except OSError as error:
            # One segment that can't be read doesn't stop the others.
            swept.error = unusable(self.folder / name, "drained", error)

    def _has_work(self, name: str) -> bool:
        with segments.opened(self.folder, name) as segment:
            if segment is None:
                return False
            if segment.size == segment.drained:
                if segment.abandoned:
                    self._retire(segment)
                return False
            return segment.abandoned or self._incomplete.get(name) != segment.size

    def _step(self, name: str, swept: Swept, patience: Patience) -> bool:
        with ExitStack() as held:
            if not self.storage.transactional:
                held.enter_context(folder_lock(self.folder, patience.wait()))
            with self.storage.transaction(wait=patience.wait()):
                # Mark, file, its end and its links: all are looked at in here.
                segment = held.enter_context(segments.opened(self.folder, name))
                if segment is None:
                    return False
                batch = take(segment, self._offset(segment), patience.pace.lines)
                deposit = self._deposit(segment, batch)
            # Committed.
            segment.note_drained(batch.end)
            swept.drained += deposit.stored
            self._losses.committed()
            self._finish(segment, batch)
        return not batch.last

    def _offset(self, segment: Segment) -> int:
        # The header outlives a database that is deleted: drained lines stay drained.
        if not self.storage.transactional:
            return segment.drained
        return max(segment.drained, self.storage.mark(segment.name))

    def _deposit(self, segment: Segment, batch: Batch) -> Deposit:
        mark = Mark(segment.name, batch.end) if self.storage.transactional else None
        deposit = Deposit(self.storage)
        if batch.lines or (mark is not None and batch.moved):
            deposit.put(batch.lines, mark)
        self._losses.note(batch, deposit)
        return deposit

    def _finish(self, segment: Segment, batch: Batch) -> None:
        if not batch.last:
            return
        if segment.abandoned:
            self._retire(segment)
        else:
            self._incomplete[segment.name] = segment.size

    def _retire(self, segment: Segment) -> None:
        # Everything is committed; the mark goes in a later transaction than the file.
        segment.path.unlink(missing_ok=True)
        self._incomplete.pop(segment.name, None)
        if self.storage.transactional:
            self._retired.append(segment.name)

    def _forget_retired(self) -> None:
        if self._retired:
            # A store that is busy or gone has time until the next sweep.
            with suppress(StorageUnavailableError):
                self.storage.forget(self._retired)
                self._retired.clear()
