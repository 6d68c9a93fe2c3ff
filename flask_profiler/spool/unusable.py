"""What a refusal of the system means where the spool is, and the cure."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from flask_profiler.errors import ProfilerError, StorageUnavailableError

_NO_ACCESS = {errno.EACCES, errno.EPERM}
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def unusable(path: Path, what: str, error: OSError) -> StorageUnavailableError:
    """Give the failure that says that a path can't be read, written or drained."""
    cure = _cure(path, error)
    return StorageUnavailableError(
        f"The spool {path} can't be {what}: {error.strerror or error}.",
        hint=cure and f"{cure}, or name another folder in storage.SPOOL.",
    )


def in_words(failure: ProfilerError) -> str:
    """Give what a failure says, and its cure."""
    return f"{failure} {failure.hint or ''}"


def _cure(path: Path, error: OSError) -> str | None:
    if error.errno in _NO_ACCESS:
        return f"Let user id {os.geteuid()} read and write there"
    if error.errno in _NO_ROOM:
        return "Make room there"
    if error.errno == errno.ENOENT:
        return f"Create the folder {path.parent}"
    # Without a name it may be a connection of the storage.
    return None if error.filename is None else "Look at what is there"
