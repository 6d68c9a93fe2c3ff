"""Whether the -wal beside a file belongs to another file, which was replaced by it.

SQLite takes any -wal beside a file for the file's own: opened now, what stands in it
would be laid over the new file. Whoever has the old file open notices before the next
batch and takes the -wal away (`creation.sweep`); others keep off until then.

Whoever has a database in WAL mode open holds locks on the file and on its -shm. Locks
on the -shm alone are therefore those of processes that have another file open. The
system has to list its locks for that, as Linux does; elsewhere nobody is found.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask_profiler.errors import StorageBusyError
from flask_profiler.storage.sqlite.opened import Identity, identity_of
from flask_profiler.storage.sqlite.place import Place

LOCKS = Path("/proc/locks")


def keep_off(place: Place) -> None:
    """Raise `StorageBusyError` if the -wal beside a file is that of another file."""
    file, shm = identity_of(place.path), identity_of(place.beside("-shm"))
    if file is not None and shm is not None and holders(shm) and not holders(file):
        raise StorageBusyError(
            f"The database {place.given} was replaced while others had it open.",
            hint="Try again; if it lasts, stop whoever has the replaced file open.",
        )


def holders(identity: Identity) -> set[int]:
    """Give the other processes that hold locks of SQLite's kind on a file."""
    device, inode = identity
    where = f"{os.major(device):02x}:{os.minor(device):02x}:{inode}"
    try:
        listed = [line.split() for line in LOCKS.read_text().splitlines()]
    except OSError:
        return set()
    # 1: POSIX ADVISORY READ 4711 fe:00:131 128 128; one that waits has "->" behind "1:"
    found = {int(words[4]) for words in listed if where in words and "->" not in words}
    return found - {os.getpid()}
