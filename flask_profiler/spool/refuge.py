"""Where measurements are kept while the spool folder can't be made or written.

A private folder in the temporary directory, one for each spool and user. Nobody else's
is ever looked into, not even by root: anybody may make a folder there.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from flask_profiler.errors import StorageUnavailableError

NO_PLACE: Final = frozenset({errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS})
"""What the system answers where a folder is missing, shut or read-only."""

_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def private_folder(key: str) -> Path:
    """Name the folder in the temporary directory that belongs to a key."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return Path(tempfile.gettempdir()) / f"flask_profiler-{digest[:32]}.spool"


def refuge_of(folder: Path) -> Path:
    """Name the refuge of a spool folder for this user; nothing is made."""
    return private_folder(f"{os.geteuid()}:{folder}")


def make_refuge(folder: Path) -> Path:
    """Make the refuge of a spool folder; raises unless it is ours and only ours."""
    refuge = refuge_of(folder)
    with suppress(FileExistsError):
        refuge.mkdir(mode=0o700)
    if not _is_ours(refuge):
        raise StorageUnavailableError(
            f"The folder {refuge} is another user's, or others may write to it.",
            hint=f"Remove it, or let user id {os.geteuid()} write to {folder.parent}.",
        )
    return refuge


def places(folder: Path) -> tuple[Path, ...]:
    """Give where segments of a spool may be: its folder, and the refuge if it is."""
    try:
        refuge = refuge_of(folder)
    except OSError:  # no temporary directory can be written
        return (folder,)
    return (folder, refuge) if _is_ours(refuge) else (folder,)


def _is_ours(refuge: Path) -> bool:
    try:
        found = os.lstat(refuge)
    except OSError:
        return False
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return ours and not found.st_mode & _OTHERS_MAY_WRITE
