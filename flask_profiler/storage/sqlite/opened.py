"""Which files this process has open through SQLite.

POSIX locks belong to a process and a file: closing any descriptor of the file drops
those of all others. SQLite takes care of that among its own, not of a file that we look
into beside it. Without its locks, another process takes itself for the last one, and
deletes the WAL file that this process writes to.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

Identity: TypeAlias = tuple[int, int]
"""Device and inode: what a path names now."""

_open: list[Identity] = []
_locks = [threading.RLock()]
"""A connection may be collected, and so closed, while its own thread holds it."""


def identity_of(path: Path) -> Identity | None:
    """Tell which file a path names, `None` if none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def opening(identity: Identity) -> Iterator[None]:
    """Note that the block opens a file through SQLite, unless it raises."""
    with _locks[-1]:
        yield
        _open.append(identity)


def closed(identity: Identity) -> None:
    """Note that one opening of a file has ended."""
    with _locks[-1], suppress(ValueError):
        _open.remove(identity)


def nothing_opens() -> AbstractContextManager[bool]:
    """Keep this process's SQLite from opening files while the block has one open."""
    return _locks[-1]


def header(path: Path, size: int) -> bytes:
    """Read the beginning of a file; nothing if this process has it open."""
    with nothing_opens():
        if identity_of(path) in _open:
            return b""
        with path.open("rb") as file:
            return file.read(size)


def _after_in_child() -> None:
    # Locks aren't inherited, and the thread that held ours may be gone.
    _locks[-1] = threading.RLock()
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_in_child)
