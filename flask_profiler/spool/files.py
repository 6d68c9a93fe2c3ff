"""Files of the spool: private, never followed through a link, locked with `flock`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl
    import resource

PRIVATE: Final = 0o600
_HIGH: Final = 1000


def open_private(path: Path, flags: int) -> int:
    """Open a file that only its owner may touch; give the descriptor.

    A file that root makes in somebody's folder is given to the folder's owner.
    """
    fd = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    if flags & os.O_CREAT and os.geteuid() == 0:
        folder = path.parent.stat()
        if folder.st_uid != 0 and os.fstat(fd).st_uid == 0:
            os.fchown(fd, folder.st_uid, folder.st_gid)
    return fd


def out_of_the_way(fd: int) -> int:
    """Give an open file a high number, where that can be had.

    A host that closes what it doesn't know, and opens files of its own, takes the low
    numbers; what is written to ours must not get into them.
    """
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    lowest = _HIGH if soft < 0 else min(_HIGH, soft * 3 // 4)
    try:
        high: int = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, lowest)
    except OSError:
        return fd
    os.close(fd)
    return high


def try_lock(fd: int) -> bool:
    """Take the lock of an open file if nobody has it.

    `flock`, not `lockf`: it belongs to the opening, not to the process, so that two
    openings in one process exclude each other. Closing the descriptor gives it back.
    """
    try:
        lock(fd)
    except BlockingIOError:
        return False
    return True


def lock(fd: int) -> None:
    """Take the lock of an open file, or raise `BlockingIOError` at once."""
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_all(fd: int, data: bytes) -> None:
    """Write at the descriptor's place until everything is written."""
    while data:
        data = data[os.write(fd, data) :]
