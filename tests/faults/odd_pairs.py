"""The same host twice, with the profiler and without, and what a client notes."""

from __future__ import annotations

import re
import shutil
import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_profiler.query import Filter
from flask_profiler.recorder import drain_for_reader
from flask_profiler.spool.folder import folder_for
from flask_profiler.storage.registry import open_url
from tests.faults.servers import Server, start, wait_for

HOST = {"odd_app.py": "served.py", "odd_bodies.py": "odd_bodies.py"}
"""The files of the application, and their names where it runs."""
OPTIONS = {
    "sync": ("gunicorn", ["-w", "1", "--timeout", "60"]),
    "gthread": ("gunicorn", ["-w", "1", "-k", "gthread", "--threads", "4"]),
    "werkzeug": ("flask", []),
}
INSIDE = 100_000
"""What the number of a request is greater by that is made inside another."""
PATIENCE = 20.0
"""Seconds after which an answer that must come is missing."""

Notes = list[object]
Script = Callable[["Client"], None]

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
_DATE = re.compile(rb"(?m)^(Date: ).*\r$")


class Client:
    """One connection; what it does and gets, and what the host notes meanwhile."""

    def __init__(self, server: Server, number: int) -> None:
        self._server = server
        self._wire = socket.create_connection(("127.0.0.1", server.port), PATIENCE)
        self.number = number
        self.notes: Notes = []
        self._seen = len(self._events())

    def request(self, method: str, path: str, *headers: str, body: bytes = b"") -> None:
        """Send the head of a request, and maybe all of its body."""
        lines = [f"{method} {path}/{self.number} HTTP/1.1", "Host: test", *headers]
        head = "\r\n".join([*lines, "Connection: close", "", ""])
        self.send(head.encode("latin-1") + body)

    def send(self, data: bytes) -> None:
        self._wire.sendall(data)

    def host_notes(self, text: str) -> None:
        """Wait until the host has noted this, which must be what comes next."""
        wait_for(lambda: len(self._events()) > self._seen, text, PATIENCE)
        self.notes.append(self._events()[self._seen])
        self._seen += 1
        assert self.notes[-1] == text

    def gets(self, count: int) -> None:
        """Wait for so many bytes of the answer."""
        data = b""
        while len(data) < count:
            more = self._wire.recv(count - len(data))
            assert more, data
            data += more
        self.notes.append(_DATE.sub(rb"\1", data))

    def gets_all(self, *, until_closed: bool = False) -> None:
        """Wait for the end of the answer, or of all answers, however they end."""
        data = b""
        try:
            while (until_closed or not _complete(data)) and (
                more := self._wire.recv(65536)
            ):
                data += more
        except ConnectionResetError:
            pass
        self.notes.append(_DATE.sub(rb"\1", data))

    def resets(self) -> None:
        """Break the connection off, without a word."""
        self._wire.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self._wire.close()

    def close(self) -> None:
        """Close, and take what the host has noted in the end."""
        self._wire.close()
        self.notes += self._events()[self._seen :]

    def _events(self) -> list[str]:
        file = self._server.folder / "events"
        return file.read_text().splitlines() if file.exists() else []


def _complete(data: bytes) -> bool:
    """Tell whether an answer is there that says how long it is."""
    head, _, body = data.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        return _complete(body)
    length = _LENGTH.search(head)
    return length is not None and len(body) >= int(length[1])


class Pair:
    """Two servers over the same host, the second with the profiler."""

    def __init__(self, plain: Server, profiled: Server, kind: str) -> None:
        self._servers = plain, profiled
        self.kind = kind
        self.profiled = profiled
        self._number = 0

    def play(self, script: Script) -> int:
        """Have both play a script, compare what was noted; give the number asked."""
        self._number += 1
        plain, profiled = (self._played(one, script) for one in self._servers)
        assert profiled == plain, (profiled, plain)
        return self._number

    def stored(self, number: int) -> int:
        """Tell how often a request is stored."""
        return self.all_stored()[number]

    def all_stored(self) -> Counter[int]:
        """Drain as a reader does, and count each number; all that is stored has one."""
        storage = open_url(str(self.profiled.folder / "store.sql"))
        outcome = drain_for_reader(storage, folder_for(storage, None), 30.0)
        assert not outcome.waiting, outcome
        found = storage.find(Filter())
        storage.close()
        return Counter(m.kwargs["number"] for m in found)

    def _played(self, server: Server, script: Script) -> Notes:
        client = Client(server, self._number)
        try:
            script(client)
        finally:
            client.close()
        return client.notes


@contextmanager
def pair(kind: str, folder: Path, **settings: str) -> Iterator[Pair]:
    """Start both servers, and end them."""
    command, options = OPTIONS[kind]
    started = []
    for profiled in ("no", "yes"):
        place = folder / profiled
        place.mkdir()
        for file, name in HOST.items():
            shutil.copy(Path(__file__).with_name(file), place / name)
        started.append(start(command, options, place, PROFILED=profiled, **settings))
    try:
        yield Pair(*started, kind)
    finally:
        for server in started:
            server.kill()
