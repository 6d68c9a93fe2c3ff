"""Clients that know which of their requests were answered."""

from __future__ import annotations

import http.client
import itertools
import threading
from contextlib import suppress


class Clients:
    """Threads that ask one numbered request after the other, and note the answered."""

    def __init__(self, port: int, count: int, threads: int = 8) -> None:
        self._port, self._count = port, count
        self._numbers = itertools.count()
        self.answered: set[int] = set()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def working(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        while (number := next(self._numbers)) < self._count:
            with suppress(OSError, http.client.HTTPException):
                self._ask(number)

    def _ask(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("GET", f"/product/{number}")
            response = connection.getresponse()
            response.read()
            if response.status == http.client.OK:
                self.answered.add(number)
        finally:
            connection.close()
