"""Real gunicorn workers, real load, and the books that must balance afterwards."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from flask_profiler.query import Filter
from flask_profiler.recorder import drain_for_reader
from flask_profiler.spool.folder import folder_for
from flask_profiler.storage.registry import open_url
from tests.faults.servers import wait_for
from tests.faults.servers_load import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

APPLICATION = """
import os
from flask import Flask
import flask_profiler

app = Flask(__name__)
app.config["flask_profiler"] = {
    "enabled": True,
    "storage": {"engine": "sqlite", "FILE": "store.sql"},
    "spool": {"drain": os.environ.get("DRAIN") != "outside"},
}


@app.get("/item/<int:number>")
def item(number):
    return str(os.getpid())


flask_profiler.init_app(app)
"""


@dataclass
class Books:
    """What was sent, what was answered, and by which worker."""

    sent: set[int] = field(default_factory=set)
    answered: dict[int, int] = field(default_factory=dict)

    def workers(self) -> set[int]:
        return set(self.answered.values())


@dataclass
class Server:
    """A running gunicorn over the application in `folder`."""

    process: subprocess.Popen[str]
    port: int
    folder: Path
    books: Books = field(default_factory=Books)

    def ask(self, number: int, wire: Wire) -> None:
        """Send one request; note whose answer came whole, if one came at all."""
        self.books.sent.add(number)
        try:
            head, body = wire.exchange(f"/item/{number}")
        except OSError:
            wire.close()
            return
        if b" 200 OK" in head and body.isdigit():
            self.books.answered[number] = int(body)

    def load(
        self, threads: int, each: int, *, first: int = 0
    ) -> list[threading.Thread]:
        """Send `threads * each` requests, numbered without a gap from `first`."""

        def run(index: int) -> None:
            start = first + index * each
            wire = Wire(self.port)
            for number in range(start, start + each):
                self.ask(number, wire)
                if number % 50 == 0:
                    wire.close()  # so that every worker gets some
            wire.close()

        running = [threading.Thread(target=run, args=(i,)) for i in range(threads)]
        for thread in running:
            thread.start()
        return running

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def stored(self) -> Counter[int]:
        """Drain as a reader does, and count what is stored of each number."""
        storage = open_url(str(self.folder / "store.sql"))
        outcome = drain_for_reader(storage, folder_for(storage, None), 30.0)
        assert not outcome.waiting, outcome
        numbers = Counter(m.kwargs["number"] for m in storage.find(Filter()))
        storage.close()
        return numbers


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start gunicorn with given options; stop it after the test."""
    started: list[Server] = []

    def start(*options: str) -> Server:
        (tmp_path / "served.py").write_text(APPLICATION)
        log = tmp_path / "gunicorn.log"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "served:app", "-b", "127.0.0.1:0"),
                *("--log-file", str(log), "--no-control-socket", *options),
            ],
            cwd=tmp_path,
            text=True,
        )
        found: list[int] = []

        def listening() -> bool:
            text = log.read_text() if log.exists() else ""
            found.extend(int(p) for p in re.findall(r"Listening at: .*:(\d+)", text))
            return bool(found)

        wait_for(listening, "gunicorn listening")
        server = Server(process, found[0], tmp_path)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()
