"""What SQLite's errors mean to a person, and to whoever may try again."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from flask_profiler.errors import (
    FolderMissingError,
    StorageBusyError,
    StorageError,
    StorageMissingError,
    StorageUnavailableError,
)
from flask_profiler.storage.sqlite.place import Place

_PRIMARY = 0xFF
"""The primary result code stands in the lowest byte of an extended one."""


@contextmanager
def translated(place: Place) -> Iterator[None]:
    """Raise a `StorageError` in the place of an error of SQLite or the system."""
    try:
        yield
    except sqlite3.Error as error:
        raise failure_of(error, place) from error
    except OSError as error:
        raise _system_failure(error, place) from error
    except (zlib.error, msgspec.MsgspecError) as error:
        raise _meant(sqlite3.SQLITE_CORRUPT, error, place) from error


def failure_of(error: sqlite3.Error, place: Place) -> StorageError:
    """Give the exception that says what an error of SQLite means."""
    code = _code(error)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StorageBusyError(
            f"The database {place.given} is locked by somebody else.",
            hint="Try again; if it lasts, look who keeps a transaction open on it.",
        )
    if is_no_access(error) or _is_directory(place):
        return _no_access(place, str(error))
    return _meant(code, error, place)


def is_lasting(error: BaseException | None) -> bool:
    """Tell whether the same connection would very likely fail again."""
    unavailable = isinstance(error, StorageUnavailableError)
    return unavailable and not isinstance(error, StorageBusyError)


def _meant(code: int, error: Exception, place: Place) -> StorageError:
    message, hint = _MEANINGS.get(code, (f"can't be used: {error}", None))
    return StorageUnavailableError(f"The database {place.given} {message}.", hint=hint)


def is_no_access(error: sqlite3.Error) -> bool:
    """Tell whether SQLite was not let at a file it needs."""
    return _code(error) in {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
    }


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY


_MEANINGS: dict[int, tuple[str, str | None]] = {
    sqlite3.SQLITE_NOTADB: (
        "is not an SQLite database",
        "Give storage.FILE another path; nothing has been written to this one.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        "Move it away with its -wal and -shm files; `sqlite3 FILE .recover` may help.",
    ),
    sqlite3.SQLITE_FULL: (
        "can't grow: the disk is full",
        "Make room; measurements wait in the spool until then.",
    ),
    sqlite3.SQLITE_IOERR: (
        "can't be read or written: the system reports an input/output error",
        "Look at the disk, its free space and the limit on file sizes.",
    ),
    sqlite3.SQLITE_TOOBIG: ("can't hold a value of this size", None),
}


def _system_failure(error: OSError, place: Place) -> StorageError:
    if isinstance(error, FileNotFoundError):
        return missing(place)
    if isinstance(error, PermissionError | NotADirectoryError):
        return _no_access(place, error.strerror or str(error))
    return StorageUnavailableError(
        f"The database {place.given} can't be used: {error.strerror or error}."
    )


def missing(place: Place) -> StorageError:
    """Say that there is no store, or not even a folder for one."""
    folder = place.path.parent
    if not folder.exists():
        return FolderMissingError(
            f"There is no folder {folder} for the database {place.given}.",
            hint="Create the folder, or give storage.FILE another path.",
        )
    return StorageMissingError(
        f"There is no database at {place.given}.",
        hint="It appears with the first measurement; look at storage.FILE, and "
        "from where a relative path counts.",
    )


def empty(place: Place) -> StorageError:
    """Say that there is a file, but nothing of ours in it."""
    return StorageMissingError(
        f"The database {place.given} has no measurements under {place.table!r}.",
        hint="They come with the first measurement; look at storage.TABLE.",
    )


def _no_access(place: Place, reason: str) -> StorageError:
    what, hint = _access(place)
    # SQLite calls a directory an input/output error.
    because = "" if _is_directory(place) else f" ({reason})"
    return StorageUnavailableError(
        f"The database {place.given} {what}{because}.", hint=hint
    )


def _access(place: Place) -> tuple[str, str]:
    path, folder = place.path, place.path.parent
    user = f"user id {os.geteuid()}" if hasattr(os, "geteuid") else "this user"
    if not os.access(folder, os.X_OK):
        return "is in a folder that can't be entered", f"Let {user} into {folder}."
    if _is_directory(place):
        return "is a directory", "Give storage.FILE the path of a file."
    if path.exists() and not os.access(path, os.R_OK):
        return "can't be read", f"Let {user} read {path}."
    if not os.access(folder, os.W_OK):
        hint = f"Let {user} write to {folder}: SQLite keeps files beside the database."
        return "is in a folder that can't be written", hint
    if path.exists() and not os.access(path, os.W_OK):
        return "can't be written", f"Let {user} write {path}."
    return "can't be opened", f"Look at {path} and what lies beside it."


def _is_directory(place: Place) -> bool:
    try:
        return place.path.is_dir()
    except OSError:
        return False
