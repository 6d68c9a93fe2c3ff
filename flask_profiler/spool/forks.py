"""What a forked child must make anew, and what must not be half done at a fork.

The locks of all members are held while the process forks (each is waited for at most
`PATIENCE` seconds), so the child finds every member at rest. It gets new locks, because
the threads that might hold the old ones are not there.
"""

from __future__ import annotations

import os
import weakref
from abc import ABC, abstractmethod
from functools import cache
from typing import Final

from flask_profiler.guard import shielded
from flask_profiler.spool.native import NativeLock, new_lock, original

PATIENCE: Final = 1.0
"""Seconds that a fork waits for a lock of ours, before it goes on without."""

_members: list[weakref.ref[Renewed]] = []
_held: dict[int, list[NativeLock]] = {}


class Renewed(ABC):
    """Something with a lock that a forked child starts anew."""

    def __init__(self) -> None:
        self.lock: NativeLock = new_lock()
        self.owner_pid = os.getpid()
        _members.append(weakref.ref(self, _members.remove))

    @abstractmethod
    def renew(self) -> None:
        """Let go of what belongs to the parent; the lock is a new one already."""

    def fork_noticed(self) -> None:
        """Start anew in a child; harmless when that is done."""
        pid = os.getpid()
        if pid != self.owner_pid:
            self.owner_pid = pid
            self.lock = new_lock()
            self.renew()


def _thread_id() -> int:
    return int(original("_thread", "get_ident")())


def _alive() -> list[Renewed]:
    return [member for ref in list(_members) if (member := ref()) is not None]


def _before() -> None:
    locks = [member.lock for member in _alive()]
    _held[_thread_id()] = [lock for lock in locks if lock.acquire(timeout=PATIENCE)]


def _in_parent() -> None:
    for lock in _held.pop(_thread_id(), []):
        lock.release()


def _in_child() -> None:
    _held.clear()
    for member in _alive():
        with shielded("starting anew after a fork"):
            member.fork_noticed()


@cache
def watch() -> None:
    """Look after forks from now on.

    Called when there is a storage already: of the hooks before a fork Python runs the
    last registered first, and ours, which let a drain end, must run before those of an
    engine, which stop it.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=_before, after_in_parent=_in_parent, after_in_child=_in_child
        )
