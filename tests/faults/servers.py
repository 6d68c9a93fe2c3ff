"""Servers of several kinds, each in a process group of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flask_profiler.query import Filter
from flask_profiler.recorder import drain_for_reader
from flask_profiler.spool.folder import folder_for
from flask_profiler.storage.registry import open_url
from tests.faults.servers_kinds import KINDS, Kind, launch
from tests.faults.servers_load import Books, Load

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Collection

HANGING = 10_000_000
"""The number of the request that hangs."""


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Poll until a condition holds, and fail when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.01)


@dataclass
class Server:
    """A running server over the application in `folder`."""

    process: subprocess.Popen[bytes]
    kind: Kind
    folder: Path
    log: Path
    books: Books = field(default_factory=Books)

    @cached_property
    def port(self) -> int:
        """Tell where it listens, once it does."""
        pattern = self.kind.port

        def listens() -> bool:
            assert self.process.poll() is None, self.said()
            return pattern.search(self.said()) is not None

        wait_for(listens, "a server that listens")
        return int(pattern.findall(self.said())[0])

    def said(self) -> str:
        """Give what the server and the application have logged so far."""
        return self.log.read_text(errors="replace")

    def complaints(self) -> list[str]:
        """Give what we have logged: errors and warnings."""
        return re.findall(r"(?m)^flask_profiler[: ].*$", self.said())

    def load(self, clients: int = 4) -> Load:
        """Have clients ask while the block runs."""
        return Load(self.port, self.books, clients=clients, keep=self.kind.keeps)

    def hang(self) -> socket.socket:
        """Send the request whose answer never comes."""
        wire = socket.create_connection(("127.0.0.1", self.port))
        self.books.sent.add(HANGING)
        wire.sendall(b"GET /hang/%d HTTP/1.1\r\nHost: test\r\n\r\n" % HANGING)
        return wire

    def answers(self, more: int) -> None:
        """Wait until so many more requests are answered."""
        goal = len(self.books.answered) + more
        wait_for(lambda: len(self.books.answered) >= goal, f"{more} answers")

    def busy_worker(self, but: Collection[int] = ()) -> int:
        """Give a living worker that has answered some, and is none of those."""
        busy: list[int] = []

        def found() -> bool:
            counts = self.books.workers()
            living = self.living().difference(but)
            busy.extend(pid for pid, n in counts.items() if n >= 50 and pid in living)
            return bool(busy)

        wait_for(found, "a worker to kill")
        return busy[0]

    def living(self) -> set[int]:
        """Name the processes of the server that are no zombies."""
        return {pid for pid in _processes() if _group(pid) == self.process.pid}

    def gone(self, seconds: float = 90) -> None:
        """Wait until none of its processes lives."""
        self.process.wait(seconds)
        wait_for(lambda: not self.living(), "the end of all workers", seconds)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it as an administrator does, and wait until everything is gone."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.gone()

    def kill(self) -> None:
        """End all its processes at once, as a container does that is out of memory."""
        for pid in self.living():
            os.kill(pid, signal.SIGKILL)
        self.gone()

    def stored(self) -> Counter[int]:
        """Drain as a reader does, and count what is stored of each number."""
        storage = open_url(str(self.folder / "store.sql"))
        outcome = drain_for_reader(storage, folder_for(storage, None), 30.0)
        assert not outcome.waiting, outcome
        found = storage.find(Filter())
        storage.close()
        return Counter(m.kwargs["number"] for m in found if "number" in m.kwargs)

    def balance(self) -> None:
        """Assert that the books balance, and that we had nothing to complain of."""
        faults = self.books.faults(self.stored())
        assert faults == {}, faults
        assert self.complaints() == [], self.said()


def start(kind: str, options: list[str], folder: Path, **settings: str) -> Server:
    """Start a server over the application, as a process group of its own."""
    log = folder / f"log-{time.monotonic_ns()}"
    with log.open("wb") as out:
        process = launch(kind, options, folder, out, settings)
    return Server(process, KINDS[kind], folder, log)


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _group(pid: int) -> int:
    """Give the process group of a process; 0 if it is gone, or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    state, _, group = text.rpartition(") ")[2].split()[:3]
    return 0 if state in "ZX" else int(group)
