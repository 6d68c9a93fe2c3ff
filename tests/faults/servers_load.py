"""Requests that carry their own id, and the books of what became of each."""

from __future__ import annotations

import itertools
import re
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 2.0
"""Seconds after which a client gives up: a worker that shall end may wait for it."""

_DIFFERENT = re.compile(rb"(?m)^(Date|X-Worker|Connection): .*\r$")
_WORKER = re.compile(rb"(?m)^X-Worker: (\d+)\r?$")
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")


def masked(head: bytes) -> bytes:
    """Take out of a head what differs from answer to answer."""
    return _DIFFERENT.sub(rb"\1\r", head)


@dataclass
class Books:
    """What was sent, what was answered, and by which worker."""

    numbers: Iterator[int] = field(default_factory=itertools.count)
    sent: set[int] = field(default_factory=set)
    answered: dict[int, int] = field(default_factory=dict)
    heads: set[bytes] = field(default_factory=set)
    """The different heads of all answers; there should be one."""
    wrong: dict[int, bytes] = field(default_factory=dict)
    """Bodies that are not what the view returned."""

    def workers(self) -> Counter[int]:
        """Tell how many answers came from each worker."""
        return Counter(list(self.answered.values()))

    def note(self, number: int, head: bytes, body: bytes) -> None:
        """Enter an answer that came whole."""
        worker = _WORKER.search(head + b"\r\n")
        if worker is None or body.startswith(b"HTTP/1.1 500"):
            return  # gunicorn's own words, even behind the head of our answer
        self.answered[number] = int(worker[1])
        self.heads.add(masked(head + b"\r\n"))
        if body != b"%08d" % number:
            self.wrong[number] = body

    def faults(self, stored: Counter[int]) -> dict[str, object]:
        """Say what doesn't balance; nothing, if each answer is stored exactly once.

        What is stored beyond the answers must have been sent.
        """
        answers = self.answered.items()
        found = {
            "missing": {n: worker for n, worker in answers if n not in stored},
            "doubled": {n: times for n, times in stored.items() if times > 1},
            "invented": set(stored) - self.sent,
            "wrong": self.wrong,
            "heads": self.heads if len(self.heads) > 1 else {},
        }
        return {name: fault for name, fault in found.items() if fault}


class Wire:
    """A connection that is kept as long as the server keeps it: cheap requests."""

    def __init__(self, port: int, *, keep: bool = True, seconds: float = 10) -> None:
        self._port, self._keep, self._seconds = port, keep, seconds
        self._socket: socket.socket | None = None

    def connect(self) -> socket.socket:
        """Open the connection unless it is open. Raises `OSError`."""
        if self._socket is None:
            address = ("127.0.0.1", self._port)
            self._socket = socket.create_connection(address, self._seconds)
        return self._socket

    def exchange(self, path: str) -> tuple[bytes, bytes]:
        """Send a GET; give head and body. Raises `OSError` when none comes whole."""
        self.connect().sendall(f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode())
        head, _, body = self._received(b"\r\n\r\n").partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        while len(body) < length:
            body += self._received(b"")
        if not self._keep or b"connection: close" in head.lower():
            self.close()
        return head, body

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _received(self, until: bytes) -> bytes:
        assert self._socket is not None
        data = b""
        while not data or until not in data:
            more = self._socket.recv(4096)
            if not more:
                raise ConnectionResetError
            data += more
        return data


class Load:
    """Clients that ask one request after the other while the block runs."""

    def __init__(
        self, port: int, books: Books, *, clients: int = 4, keep: bool = True
    ) -> None:
        self._port, self._books, self._keep = port, books, keep
        self._over = threading.Event()
        self._clients = [threading.Thread(target=self._run) for _ in range(clients)]

    def __enter__(self) -> Self:
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._over.set()
        for client in self._clients:
            client.join()

    def _run(self) -> None:
        wire = Wire(self._port, keep=self._keep, seconds=PATIENCE)
        for turn in itertools.count(1):
            if self._over.is_set():
                break
            self._ask(wire)
            if turn % 20 == 0:
                wire.close()  # so that every worker gets some
        wire.close()

    def _ask(self, wire: Wire) -> None:
        try:
            wire.connect()
            number = next(self._books.numbers)
            self._books.sent.add(number)
            head, body = wire.exchange(f"/item/{number}")
        except OSError:
            wire.close()
            self._over.wait(0.01)  # nobody listens, perhaps
            return
        self._books.note(number, head, body)
