"""A host that does odd things a thousand times over: nothing piles up."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

from tests.faults.odd_pairs import Pair, pair
from tests.faults.servers import Server, wait_for

PATHS = (
    *("/item", "/calls", "/client", "/contexts", "/thread", "/late", "/teardown"),
    *("/half-way", "/raises/key-error", "/raises/memory-error", "/large"),
    *("/upgrade", "/endless", "/nowhere"),
)
WARM = 15
ROUNDS = 80


def asked(server: Server, path: str, number: int) -> bytes:
    """Ask, and leave as soon as something has come."""
    head = f"GET {path}/{number} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 20) as wire:
        wire.sendall(head.encode())
        data = wire.recv(65536)
        while data and path not in ("/endless", "/large"):
            more = wire.recv(65536)
            if not more:
                break
            data += more
    return data


def census(server: Server) -> dict[str, int]:
    body = asked(server, "/census", 0).partition(b"\r\n\r\n")[2]
    counted: dict[str, int] = json.loads(body)
    return counted


def grown(server: Server) -> tuple[dict[str, int], set[int]]:
    """Ask for everything again and again; tell what grew, and what was answered."""
    answered: set[int] = set()
    number = 0
    before: dict[str, int] = {}
    for turn in range(WARM + ROUNDS):
        if turn == WARM:
            before = census(server)
        for path in PATHS:
            number += 1
            answer = asked(server, path, number)
            if re.match(rb"HTTP/1.1 (?!404)", answer):
                answered.add(number)
    after = census(server)
    return {name: after[name] - before[name] for name in after}, answered


def test_memory_files_and_threads_stay_as_many(tmp_path: Path) -> None:
    """After more than a thousand odd requests; and each that was answered is stored."""
    with pair("gthread", tmp_path) as both:
        more, answered = grown(both.profiled)
        assert more["files"] <= 6
        assert more["threads"] <= 4
        assert more["objects"] <= 3000
        balance(both, answered)


def balance(both: Pair, answered: set[int]) -> None:
    """What a client has left is over only when the server notices."""
    wait_for(lambda: answered <= both.all_stored().keys(), "all measurements")
    assert set(both.all_stored().values()) == {1}
