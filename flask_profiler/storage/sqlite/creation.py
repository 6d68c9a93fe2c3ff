"""Make the file, so that nothing left of an older one gets into it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_profiler.storage.sqlite.connection import SIDECARS, Connection
from flask_profiler.storage.sqlite.opened import Identity, identity_of
from flask_profiler.storage.sqlite.place import Place

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: the profiler stays off there
    fcntl = None  # type: ignore[assignment]


def create_file(place: Place) -> None:
    """Make an empty file if there is none, and delete what an old one left beside it.

    A process that has the old, deleted file open still uses the -shm file under this
    name: a new database that joined it would be damaged. The lock keeps two creators
    from deleting each other's.
    """
    with _folder_locked(place.beside("").parent):
        if identity_of(place.path) is not None:
            return
        for suffix in (*SIDECARS, "-journal"):
            place.beside(suffix).unlink(missing_ok=True)
        os.close(os.open(place.path, os.O_CREAT | os.O_WRONLY, 0o644))


def sweep(stale: Connection) -> None:
    """Delete the -wal and -shm of a file that has been replaced by another.

    Only those that the old file is known to have used.
    """
    place = stale.place
    with _folder_locked(place.beside("").parent):
        for suffix, old in stale.sidecars.items():
            if old is not None and _is_still(place.beside(suffix), old):
                place.beside(suffix).unlink(missing_ok=True)


def _is_still(path: Path, identity: Identity) -> bool:
    return identity_of(path) == identity


@contextmanager
def _folder_locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
