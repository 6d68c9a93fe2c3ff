"""What must stay flat: memory, open files, and the spool."""

from __future__ import annotations

import os
import statistics
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask_profiler.spool.segment import listed, undrained_bytes

_PAGE = os.sysconf("SC_PAGE_SIZE")
MEBI = 1024 * 1024


@dataclass(frozen=True)
class Bound:
    """How far the median of the last third may be above that of the middle third.

    The first third is for warming up. `most`: what no single value may be above.
    """

    share: float
    more: float
    most: float | None = None


@dataclass(frozen=True)
class Trend:
    """How one gauge went."""

    name: str
    middle: float
    last: float
    highest: float
    bound: Bound

    @property
    def allowed(self) -> float:
        """Give what the median of the last third may be at most."""
        return self.middle * (1 + self.bound.share) + self.bound.more

    @property
    def flat(self) -> bool:
        """Tell whether it stayed within its bound."""
        most = self.bound.most
        return self.last <= self.allowed and (most is None or self.highest <= most)


def trend(name: str, values: list[float], bound: Bound) -> Trend:
    """Compare the last third of evenly spaced values with the middle third."""
    third = len(values) // 3
    if third == 0:
        raise ValueError(f"{name}: {len(values)} values are too few for a trend")
    middle = statistics.median(values[third : 2 * third])
    last = statistics.median(values[2 * third :])
    return Trend(name, middle, last, max(values), bound)


class Gauges:
    """Look at processes and at a spool, evenly in time."""

    def __init__(self, processes: dict[str, int], database: Path) -> None:
        self._processes = processes
        self._database = database
        self.spool = database.with_name(f"{database.name}.spool")
        self.values: dict[str, list[float]] = {}

    def start(self, stop: threading.Event, interval: float) -> threading.Thread:
        """Look again and again, until the event comes."""

        def run() -> None:
            while not stop.wait(interval):
                self.look()

        thread = threading.Thread(target=run, name="gauges")
        thread.start()
        return thread

    def look(self) -> None:
        """Note every gauge once."""
        for name, pid in self._processes.items():
            self._note(f"{name}: memory", _resident(pid))
            self._note(f"{name}: open files", _entries(pid, "fd"))
            self._note(f"{name}: threads", _entries(pid, "task"))
        self._note("spool: segments", len(listed(self.spool)))
        self._note("spool: size", sum(_sizes(self.spool.glob("*"))))
        self._note("spool: undrained", undrained_bytes(self.spool))
        wal = self._database.with_name(f"{self._database.name}-wal")
        self._note("database: log", sum(_sizes([wal])))

    def _note(self, name: str, value: float) -> None:
        self.values.setdefault(name, []).append(value)


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _entries(pid: int, what: str) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())


def _sizes(paths: Iterable[Path]) -> Iterable[int]:
    for path in paths:
        try:
            yield path.stat().st_size
        except FileNotFoundError:
            continue
