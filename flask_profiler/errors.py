"""The exceptions of the package: one tree, each message names a thing and a cure."""

from __future__ import annotations


class ProfilerError(Exception):
    """Stand at the root of every error that this package raises on purpose.

    `hint` is the cure in one sentence, printed by the CLI below the message.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(ProfilerError):
    """The configuration has a value that can't be used; raised by `init_app`."""


class QueryError(ProfilerError):
    """A filter, a sort, a time or a duration can't be understood."""


class StorageError(ProfilerError):
    """The storage can't do what it was asked."""


class StorageUnavailableError(StorageError):
    """The storage can't be used now, and nothing is wrong with what it was given.

    Locked, down, full, damaged, not ours to write: what was to be stored stays in the
    spool, and is tried again.
    """


class StorageBusyError(StorageUnavailableError):
    """Somebody else holds the storage; the next try may succeed."""


class StorageMissingError(StorageUnavailableError):
    """There is no store yet. Readers never create one."""


class FolderMissingError(StorageMissingError):
    """There is not even a folder for a store: none will come by itself."""


class RefusedError(StorageError):
    """The storage will never take this measurement; trying again is no use."""
