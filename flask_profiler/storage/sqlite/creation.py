"""Make the file, so that nothing left of an older one gets into it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask_profiler.errors import StorageBusyError
from flask_profiler.storage.sqlite import opened
from flask_profiler.storage.sqlite.connection import SIDECARS, Connection
from flask_profiler.storage.sqlite.opened import Identity, identity_of
from flask_profiler.storage.sqlite.place import Place

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: the profiler stays off there
    fcntl = None  # type: ignore[assignment]

PATIENCE = 1.0
"""Seconds that the lock of the folder is waited for; whoever holds it needs none."""

_PAUSE = 0.005


def create_file(place: Place) -> None:
    """Make an empty file if there is none, and delete what an old one left beside it.

    A process that has the old, deleted file open still uses the -shm file under this
    name: a new database that joined it would be damaged. The lock keeps two creators
    from deleting each other's.
    """
    with _folder_locked(place):
        if identity_of(place.path) is not None:
            return
        for suffix in (*SIDECARS, "-journal"):
            place.beside(suffix).unlink(missing_ok=True)
        with opened.nothing_opens():
            _make(place)


def _make(place: Place) -> None:
    file = os.open(place.path, os.O_CREAT | os.O_WRONLY, 0o644)
    try:
        # What root makes in somebody's folder must be that user's to write.
        owner = place.beside("").parent.stat()
        if hasattr(os, "geteuid") and os.geteuid() == 0 and owner.st_uid != 0:
            os.fchown(file, owner.st_uid, owner.st_gid)
    finally:
        os.close(file)


def let_write(place: Place) -> None:
    """Give what lies beside a file that we may write the file's own mode.

    Made while the file was read-only they are so too, and would stay it.
    """
    if not os.access(place.path, os.W_OK):
        return
    for path in map(place.beside, SIDECARS):
        if path.exists() and not os.access(path, os.W_OK):
            with suppress(OSError):
                path.chmod(stat.S_IMODE(place.path.stat().st_mode))


def sweep(stale: Connection) -> None:
    """Delete the -wal and -shm of a file that has been replaced by another, or emptied.

    Only those that the old file is known to have used. One that was cut to nothing goes
    too: others have it open, and learn by its successor that it is over.
    """
    place = stale.place
    with _folder_locked(place):
        file = place.beside("")
        if _is_still(file, stale.identity) and file.stat().st_size == 0:
            file.unlink()
        for suffix, old in stale.sidecars.items():
            if old is not None and _is_still(place.beside(suffix), old):
                place.beside(suffix).unlink(missing_ok=True)


def _is_still(path: Path, identity: Identity) -> bool:
    return identity_of(path) == identity


@contextmanager
def _folder_locked(place: Place) -> Iterator[None]:
    """Hold the file's folder, or raise `StorageBusyError`: anybody may lock it."""
    folder = place.beside("").parent
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        deadline = time.monotonic() + PATIENCE
        while not _try_lock(descriptor):
            if time.monotonic() >= deadline:
                raise StorageBusyError(
                    f"The folder {folder} of the database {place.given} is locked.",
                    hint="Try again; if it lasts, look who has a lock on the folder.",
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
