"""Keep what the storage refused, where a person can look at it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from flask_profiler.spool.files import open_private, write_all

FILE: Final = "rejected.ndjson"
LIMIT: Final = 16 * 1024 * 1024
"""Bytes from which on refused measurements are counted only."""


class Rejected(msgspec.Struct):
    """One line of the file: why, and the line of the spool as it was."""

    reason: str
    line: msgspec.Raw


def last_reason(folder: Path) -> str | None:
    """Tell why the last line was refused; `None` where none is kept, or readable."""
    try:
        fd = open_private(folder / FILE, os.O_RDONLY)
    except FileNotFoundError:
        return None
    last = b""
    with os.fdopen(fd, "rb") as file:
        for last in file:  # noqa: B007 - the last is wanted
            pass
    try:
        return msgspec.json.decode(last, type=Rejected).reason
    except msgspec.DecodeError:
        return None


def keep(folder: Path, reason: str, line: bytes) -> None:
    """Append a refused line, which is JSON, with the reason."""
    fd = open_private(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        if os.fstat(fd).st_size < LIMIT:
            text = reason.encode("utf-8", "replace").decode("utf-8")
            entry = Rejected(text, msgspec.Raw(line))
            write_all(fd, msgspec.json.encode(entry) + b"\n")
    finally:
        os.close(fd)
