"""Which folder is the spool of a store, and whether it is safe to use."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from flask_profiler.errors import ConfigError, StorageUnavailableError
from flask_profiler.spool import counters
from flask_profiler.spool.refuge import places, private_folder

_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


class Placed(Protocol):
    """The part of a storage that says where it is."""

    @property
    def location(self) -> str:
        """Say where the store is."""
        ...

    def default_spool(self) -> Path | None:
        """Give the folder that belongs to the store, if it has a place for one."""
        ...


def folder_for(storage: Placed, configured: Path | None) -> Path:
    """Give the spool folder of a store; nothing is made or looked at.

    As configured, else the one that belongs to the store, else a private one in the
    temporary directory, named after the store so that readers find it.
    """
    if configured is not None:
        return configured.resolve()
    own = storage.default_spool()
    if own is not None:
        return own
    return private_folder(storage.location)


def make(folder: Path) -> None:
    """Make the folder, not those it is in, if it is missing, and check it."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    check(folder)


def is_usable(folder: Path) -> bool:
    """Make the folder if it is missing, and tell whether files can be made in it."""
    with suppress(OSError, ConfigError, StorageUnavailableError):
        make(folder)
        counters.prepare(folder)
        return os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    return False


def check(folder: Path) -> None:
    """Raise unless the folder is ours (or we are root), and nobody else's to write.

    `FileNotFoundError` when it is missing, and no refuge stands for it;
    `StorageUnavailableError` when it is somebody else's; `ConfigError` when others
    could put files or links into it.
    """
    try:
        found = os.lstat(folder)
    except FileNotFoundError:
        if len(places(folder)) > 1:
            return
        raise
    if os.geteuid() not in (0, found.st_uid):
        raise StorageUnavailableError(
            f"The spool folder {folder} belongs to another user (uid {found.st_uid}).",
            hint="Run this as that user, or name another folder in storage.SPOOL.",
        )
    if not stat.S_ISDIR(found.st_mode):
        raise ConfigError(
            f"The spool folder {folder} is not a directory.",
            hint="Remove it, or name another folder in storage.SPOOL.",
        )
    if found.st_mode & _OTHERS_MAY_WRITE:
        raise ConfigError(
            f"The spool folder {folder} may be written to by other users.",
            hint=f"Close it with: chmod 700 '{folder}'",
        )
