"""The contract between those who measure and those who ask, and every engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from flask_profiler.measurement import Measurement
from flask_profiler.query import (
    EVERYTHING,
    NEWEST_FIRST,
    Dimension,
    Filter,
    Page,
    Sort,
    SortKey,
)
from flask_profiler.results import Extent, Facts, Group
from flask_profiler.storage.grouping import grouped


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a segment of the spool has been drained."""

    segment: str
    """The file's name, never used twice."""
    offset: int
    """Bytes from the file's beginning."""


class Storage(ABC):
    """Keep measurements, and answer questions about them.

    An engine is built with the mapping `storage` of the configuration, does no input or
    output until it is asked something, and is used from any thread and on both sides of
    a fork. It needs `insert_many`, `get`, `find` and `delete`; the rest is here, and is
    overridden where the engine can do better.

    Every method raises `StorageUnavailableError` (or a kind of it) when nothing is
    wrong with the question, and `insert_many` raises `RefusedError` for what it will
    never take.
    """

    transactional = False
    """Whether `mark` is kept by this engine, together with the measurements."""

    def __init__(self, options: Mapping[str, object]) -> None:
        self.options = options

    @property
    def location(self) -> str:
        """Say where the store is, for people: `engine:place`, never a password."""
        return f"{type(self).__module__}.{type(self).__qualname__}"

    def default_spool(self) -> Path | None:
        """Give the spool folder that belongs to this store; `None`: a private one."""
        return None

    @abstractmethod
    def insert_many(
        self, measurements: Sequence[Measurement], mark: Mark | None = None
    ) -> None:
        """Store measurements, and the mark with them, all or none where that can be.

        A uid that is stored already is passed over. Creates the store if need be.
        """

    @abstractmethod
    def get(self, id_: str) -> Measurement | None:
        """Find one measurement by its public id, as text."""

    @abstractmethod
    def find(
        self, filter_: Filter, sort: Sort = NEWEST_FIRST, page: Page = EVERYTHING
    ) -> list[Measurement]:
        """Find measurements, in order."""

    @abstractmethod
    def delete(self, filter_: Filter) -> int:
        """Delete what matches, and give the number of measurements deleted."""

    def aggregate(self, filter_: Filter, by: tuple[Dimension, ...]) -> list[Group]:
        """Group what matches, in no particular order; no group is empty."""
        return grouped(self.find(filter_), by)

    def count(self, filter_: Filter) -> int:
        """Count what matches."""
        return sum(group.count for group in self.aggregate(filter_, ()))

    def extent(self) -> Extent:
        """Tell how much there is, and from when."""
        everything, one = Filter(), Page(limit=1)
        newest = self.find(everything, NEWEST_FIRST, one)
        oldest = self.find(everything, Sort((SortKey("started_at"),)), one)
        return Extent(
            count=self.count(everything),
            oldest_us=oldest[0].started_us if oldest else None,
            newest_us=newest[0].started_us if newest else None,
        )

    def facts(self) -> Facts:
        """Tell what the store knows of itself without looking through all of it.

        Raises like any question where it can't be reached.
        """
        everything, one = Filter(), Page(limit=1)
        newest = self.find(everything, NEWEST_FIRST, one)
        oldest = self.find(everything, Sort((SortKey("started_at"),)), one)
        return Facts(
            oldest_us=oldest[0].started_us if oldest else None,
            newest_us=newest[0].started_us if newest else None,
        )

    def transaction(self, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """Hold the store for a read of marks and an insert that belong together.

        Waits at most `wait` seconds for others, then raises `StorageBusyError`. Rolls
        back when the block raises. An engine without transactions holds nothing.
        """
        del wait
        return nullcontext()

    def mark(self, segment: str) -> int:
        """Tell how far a segment has been drained, 0 if it never was.

        Called only where `transactional` holds.
        """
        raise NotImplementedError(segment)

    def forget(self, segments: Iterable[str]) -> None:
        """Delete the marks of segments that are no longer there.

        Called only where `transactional` holds.
        """
        raise NotImplementedError(list(segments))

    def marked(self) -> Iterator[str]:
        """Name the segments that have a mark. Called only where `transactional`."""
        raise NotImplementedError

    def upkeep(self) -> bool:
        """Do one small step of what the store has to do for itself.

        Called by drainers between batches. True: there is more to do.
        """
        return False

    def close(self) -> None:
        """Let go of connections; the storage may be used again afterwards."""


class BaseStorage:
    """Stand where engines written for flask-profiler 1.x expect their base class.

    Such an engine is built with the mapping `storage`, and has `insert(dict)`,
    `filter(criteria)`, `delete(id)`, and maybe more (storage/legacy.py). New engines
    derive from `Storage`.
    """
