"""Views that read slow bodies, and answer with long ones; part of the odd host."""

from __future__ import annotations

import os
from collections.abc import Iterator

from flask import Blueprint, request

bodies = Blueprint("bodies", __name__)
LARGE = 4_000_000


def note(text: object) -> None:
    """Append to the events of this server, in one piece."""
    opened = os.open("events", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(opened, f"{text}\n".encode())
    finally:
        os.close(opened)


@bodies.post("/ignores/<int:number>")
def ignores(number: int) -> str:
    note("entered")
    return f"ignored {number}"


@bodies.post("/reads/<int:number>")
def reads(number: int) -> bytes:
    note("entered")
    data = request.get_data()
    note(f"read {data!r}")
    return data + b" read"


@bodies.post("/bytes/<int:number>")
def single_bytes(number: int) -> str:
    note("entered")
    while byte := request.stream.read(1):
        note(f"byte {byte!r}")
    return "all"


@bodies.get("/endless/<int:number>")
def endless(number: int) -> Iterator[bytes]:
    note("entered")
    try:
        while True:
            yield b"x" * 65536
    finally:
        note("closed")


@bodies.get("/large/<int:number>")
def large(number: int) -> bytes:
    note("entered")
    return b"x" * LARGE


@bodies.get("/half-way/<int:number>")
def half_way(number: int) -> Iterator[bytes]:
    yield b"begun"
    raise LookupError("half-way")
