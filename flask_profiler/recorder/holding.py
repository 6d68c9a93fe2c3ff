"""One drain at a time where two would do harm: in a process, and in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flask_profiler.clock import tick_ns
from flask_profiler.errors import StorageBusyError
from flask_profiler.spool.files import open_private, try_lock
from flask_profiler.spool.forks import Renewed
from flask_profiler.spool.native import original

_FILE: Final = "drain.lock"
_PAUSE: Final = 0.005


class _Gate(Renewed):
    """Keep a fork out of the middle of a drain: engines have locks of their own."""

    def renew(self) -> None:
        """Have nothing but the lock."""


_gate = _Gate()


@contextmanager
def gate(wait: float) -> Iterator[None]:
    """Hold this process's drains, or raise `StorageBusyError` after `wait` seconds."""
    _gate.fork_noticed()
    lock = _gate.lock
    if not lock.acquire(timeout=max(0.0, wait)):
        raise StorageBusyError("Another thread of this process is draining the spool.")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def folder_lock(folder: Path, wait: float) -> Iterator[None]:
    """Hold the drains of a folder, for engines that can't keep marks themselves."""
    fd = open_private(folder / _FILE, os.O_RDWR | os.O_CREAT)
    try:
        deadline = tick_ns() + int(wait * 1e9)
        while not try_lock(fd):
            if tick_ns() >= deadline:
                raise StorageBusyError("Another process is draining the spool.")
            original("time", "sleep")(_PAUSE)
        yield
    finally:
        os.close(fd)
