"""One soak from its beginning to its verdict."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from flask_profiler.spool.segment import undrained_bytes
from tests.soak import readers
from tests.soak.books import Books
from tests.soak.clients import Client
from tests.soak.gauges import Gauges
from tests.soak.readers import Reader
from tests.soak.server import Server, poll
from tests.soak.trouble import Killer, Locker, Reloader, repeat, stop_all

CALM, STORMY = "calm", "stormy"
WORKERS = 3
CLIENTS = {CALM: 3, STORMY: 5}


@dataclass(frozen=True)
class Plan:
    """For how long, how much, and with which luck."""

    folder: Path
    seconds: float = 600.0
    seed: int = 1
    rate: float = 160.0
    """Requests a second, all clients together."""
    harm: bool = True
    fault: str = ""
    """Code that is put behind the served application, to see that it is noticed."""


@dataclass
class Soak:
    """Two servers on one store: one is harmed, the other must not notice."""

    plan: Plan
    books: Books = field(default_factory=Books)
    wrong: list[str] = field(default_factory=list)

    def run(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Serve and harm for as long as planned, then stop everything."""
        with ExitStack() as held:
            held.callback(setattr, threading, "excepthook", threading.excepthook)
            threading.excepthook = self._thread_failed
            self._start(held)
            self._until_the_end(tell)
            self._stop()

    def _thread_failed(self, failure: threading.ExceptHookArgs) -> None:
        name = failure.thread and failure.thread.name
        self.wrong.append(f"the thread for {name} ended: {failure.exc_value!r}")

    def _start(self, held: ExitStack) -> None:
        folder = self.plan.folder
        served = Path(__file__).with_name("served.py").read_text()
        (folder / "served.py").write_text(f"{served}\n{self.plan.fault}")
        self.servers = {
            CALM: Server(folder, CALM, 1),
            STORMY: Server(folder, STORMY, WORKERS),
        }
        for server in self.servers.values():
            held.callback(server.stop)
        self.database = folder / readers.DATABASE
        self.spool = folder / f"{readers.DATABASE}.spool"
        self._load(held)
        self._prepare(held)
        if self.plan.harm:
            self._harm_threads += self._harm()

    def _load(self, held: ExitStack) -> None:
        self._stop_load = threading.Event()
        rate = self.plan.rate / sum(CLIENTS.values())
        self._load_threads = [
            Client(
                self.servers[name].port,
                *(self.books, self.plan.seed, rate, index),
                must_answer=name == CALM,
            ).start(self._stop_load)
            for name, count in CLIENTS.items()
            for index in range(count)
        ]
        held.callback(stop_all, self._load_threads, self._stop_load)
        if not poll(self._begun, 60):
            raise RuntimeError(f"nothing was stored: see {self.plan.folder}")

    def _begun(self) -> bool:
        for server in self.servers.values():
            server.check()
        calm = self.servers[CALM].pids()
        return bool(calm and self.database.exists() and len(self.books.answered) > 50)

    def _prepare(self, held: ExitStack) -> None:
        calm, stormy = self.servers[CALM], self.servers[STORMY]
        self.killer, self.reloader = Killer(stormy), Reloader(stormy)
        self.locker = Locker(self.database)
        held.callback(self.locker.close)
        self.reader = Reader(self.plan.folder, self.books)
        [self.spared] = calm.pids()
        looked_at = {
            "spared worker": self.spared,
            "its master": calm.master,
            "harmed master": stormy.master,
        }
        self.gauges = Gauges(looked_at, self.database)
        self._stop_harm = threading.Event()
        interval = min(0.5, self.plan.seconds / 100)
        self._harm_threads = [self.gauges.start(self._stop_harm, interval)]
        held.callback(stop_all, self._harm_threads, self._stop_harm)

    def _harm(self) -> list[threading.Thread]:
        stop, seed = self._stop_harm, self.plan.seed
        seldom = max(10.0, min(60.0, self.plan.seconds / 4))
        return [
            repeat(self.killer, (1.0, 4.0), f"{seed} kills", stop),
            repeat(self.reloader, (seldom / 2, seldom), f"{seed} reloads", stop),
            repeat(self.locker, (1.0, 6.0), f"{seed} locks", stop),
            repeat(self.reader, (1.0, 5.0), f"{seed} questions", stop),
        ]

    def _until_the_end(self, tell: Callable[[str], None]) -> None:
        began = time.monotonic()
        while (passed := time.monotonic() - began) < self.plan.seconds:
            tell(f"{passed:4.0f} s  {self.status()}")
            threading.Event().wait(min(1.0, self.plan.seconds - passed))
        self.took = time.monotonic() - began

    def status(self) -> str:
        """Say in a line how it goes."""
        books, killer, reader = self.books, self.killer, self.reader
        faults = len(books.wrong) + len(reader.wrong)
        return (
            f"{len(books.answered):,} answered of {books.sent:,}  "
            f"{killer.killed + killer.terminated} kills  "
            f"{self.reloader.reloads} reloads  {len(self.locker.held)} locks  "
            f"{reader.asked} questions  {faults} faults"
        )

    def _stop(self) -> None:
        stop_all(self._harm_threads, self._stop_harm)
        stop_all(self._load_threads, self._stop_load)
        if self.servers[CALM].pids() != [self.spared]:
            self.wrong.append("the worker that nobody harmed has died")
        if not poll(lambda: undrained_bytes(self.spool) == 0, 30):
            left = undrained_bytes(self.spool)
            self.wrong.append(
                f"workers left {left} bytes undrained 30 s after the load"
            )
        for name, server in self.servers.items():
            if not server.stop():
                self.wrong.append(f"the {name} server didn't stop")
