"""What is done to a server and its store at random, and counted."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.soak.server import Server


class Harm(Protocol):
    """Something that is done again and again."""

    def once(self, rng: random.Random) -> None:
        """Do it."""
        ...


def repeat(
    harm: Harm, pauses: tuple[float, float], seed: str, stop: threading.Event
) -> threading.Thread:
    """Do something after pauses of random length, until the event comes."""
    rng = random.Random(seed)

    def run() -> None:
        while not stop.wait(rng.uniform(*pauses)):
            harm.once(rng)

    thread = threading.Thread(target=run, name=seed)
    thread.start()
    return thread


@dataclass
class Killer:
    """Kills a worker."""

    server: Server
    killed: int = 0
    terminated: int = 0

    def once(self, rng: random.Random) -> None:
        pids = self.server.pids()
        if not pids:
            return
        hard = rng.random() < 0.7
        with suppress(ProcessLookupError):
            os.kill(rng.choice(pids), signal.SIGKILL if hard else signal.SIGTERM)
            self.killed += hard
            self.terminated += not hard


@dataclass
class Reloader:
    """Has the master take new workers for the old ones."""

    server: Server
    reloads: int = 0

    def once(self, rng: random.Random) -> None:
        os.kill(self.server.master, signal.SIGHUP)
        self.reloads += 1


@dataclass
class Locker:
    """Keeps the database locked for a while, from another process."""

    database: Path
    held: list[tuple[float, float]] = field(default_factory=list)
    """From when to when, on the monotonic clock."""
    missed: int = 0

    def __post_init__(self) -> None:
        script = Path(__file__).with_name("locker.py")
        self._process = subprocess.Popen(
            [sys.executable, "-S", str(script), str(self.database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def once(self, rng: random.Random) -> None:
        self.hold(rng.uniform(0.2, 4.0))

    def hold(self, seconds: float) -> None:
        """Keep it locked; come back when it is free again."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        word, *times = self._process.stdout.readline().split()
        if word == "freed":
            self.held.append((float(times[0]), float(times[1])))
        else:
            self.missed += 1

    def longest(self) -> float:
        """Give the longest time that it was locked, in seconds."""
        return max((freed - locked for locked, freed in self.held), default=0.0)

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)


def stop_all(threads: list[threading.Thread], stop: threading.Event) -> None:
    """End threads that mind the event."""
    stop.set()
    for thread in threads:
        thread.join()
