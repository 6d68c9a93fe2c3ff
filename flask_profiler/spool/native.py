"""Locks and threads of the operating system, also where gevent has replaced them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any, Protocol


class NativeLock(Protocol):
    """What a lock of `_thread` can do."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002 - the signature is Python's
        """Take the lock, or say that it could not be had in time."""
        ...

    def release(self) -> None:
        """Give the lock back."""
        ...

    def __enter__(self) -> bool: ...

    def __exit__(self, *details: object) -> None: ...


def original(module: str, name: str) -> Any:
    """Give what a module held before gevent or eventlet patched it."""
    gevent = sys.modules.get("gevent.monkey")
    if gevent is not None:
        return gevent.get_original(module, name)
    eventlet = sys.modules.get("eventlet.patcher")
    if eventlet is not None:
        return getattr(eventlet.original(module), name)
    return getattr(importlib.import_module(module), name)


def new_lock() -> NativeLock:
    """Make a lock that a thread, and with it any of its greenlets, may take twice."""
    lock: NativeLock = original("_thread", "RLock")()
    return lock


def new_gate() -> NativeLock:
    """Make a lock that one thread takes and another one releases."""
    lock: NativeLock = original("_thread", "allocate_lock")()
    return lock


def start(function: Callable[..., None], *args: object) -> None:
    """Run a function in a new native thread, which never holds up the exit.

    Raises `RuntimeError` where the host lets none run.
    """
    uwsgi = sys.modules.get("uwsgi")
    if uwsgi is not None and not getattr(uwsgi, "has_threads", True):
        # It would run while a request does something slow, and then stop anywhere: in
        # the middle of a transaction, with the database locked.
        raise RuntimeError("uWSGI runs none without --enable-threads")
    original("_thread", "start_new_thread")(function, args)
