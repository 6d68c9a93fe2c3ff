"""Clients: a steady number of requests, whatever becomes of the server."""

from __future__ import annotations

import http.client
import random
import socket
import threading
import time
from dataclasses import dataclass, field

from tests.soak.books import Answered, Books
from tests.soak.traffic import Request, request_of

_PATIENCE = 60.0


@dataclass
class Client:
    """One thread that sends `rate` requests a second over connections that it keeps."""

    port: int
    books: Books
    seed: int
    rate: float
    index: int
    must_answer: bool
    """Nothing harms this server: a request without an answer is a fault."""
    _wire: http.client.HTTPConnection | None = field(default=None, init=False)

    def start(self, stop: threading.Event) -> threading.Thread:
        """Send requests until the event comes."""
        thread = threading.Thread(target=self._run, args=(stop,), name="client")
        thread.start()
        return thread

    def _run(self, stop: threading.Event) -> None:
        rng = random.Random(f"{self.seed} client {self.port} {self.index}")
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            # What could not be sent in time is not made up for.
            due = max(due, time.monotonic() - 1.0) + rng.uniform(0.5, 1.5) / self.rate
            number = self.books.next_number()
            self._send(request_of(self.seed, number))
            if number % 20 == 0:
                self._hang_up()  # so that every worker gets some
        self._hang_up()

    def _send(self, request: Request) -> None:
        began = time.monotonic()
        try:
            status, answer = self._exchange(request)
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            self.books.unanswered[request.number] = f"{type(error).__name__}: {error}"
            if self.must_answer:
                self.books.wrong.append(f"{_name(request)}: no answer: {error!r}")
            return
        if request.leaves:
            self._hang_up()
            self.books.left.add(request.number)
            return
        seen = time.monotonic() - began
        self.books.answered[request.number] = Answered(began, seen)
        if status != request.status or request.answer not in {None, answer}:
            told = f"{status} {answer[:80]!r} instead of {request.status}"
            self.books.wrong.append(f"{_name(request)}: {told} {request.answer!r:.80}")

    def _exchange(self, request: Request) -> tuple[int, bytes]:
        if self._wire is None:
            self._wire = http.client.HTTPConnection("127.0.0.1", self.port, _PATIENCE)
            self._wire.connect()
            self._wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wire.request(
            request.method, request.target, request.body or None, request.headers()
        )
        response = self._wire.getresponse()
        return response.status, response.read(10 if request.leaves else None)

    def _hang_up(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def _name(request: Request) -> str:
    return f"request {request.number} ({request.method} {request.rule})"
