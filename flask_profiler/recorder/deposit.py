"""Store a batch, and find the ones in it that the storage will never take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from flask_profiler.errors import RefusedError, StorageUnavailableError
from flask_profiler.line.spooled import Spooled
from flask_profiler.storage.base import Mark, Storage

_PATIENCE: Final = 64
"""Attempts that fail, and none that succeeds: then it is the storage, not the data."""


@dataclass
class Deposit:
    """Store lines; those that the storage refuses are set aside.

    A batch that fails is halved until the offender stands alone. An error that isn't
    `RefusedError` may mean the measurement or the storage: the measurement, if others
    of the batch are taken; else `StorageUnavailableError`, and nothing is given up.
    """

    storage: Storage
    refused: list[tuple[bytes, Exception]] = field(default_factory=list)
    stored: int = 0
    _doubtful: list[tuple[bytes, Exception]] = field(default_factory=list)
    _failures: int = 0

    def put(self, lines: Spooled, mark: Mark | None) -> None:
        """Store the lines and, with the last of them, the mark."""
        if self._attempt(lines, mark):
            return
        self._halve(lines)
        if self._doubtful and not self.stored:
            raise _unavailable(self._doubtful[0][1])
        self.refused.extend(self._doubtful)
        if mark is not None:
            self.storage.insert_many([], mark)

    def _attempt(self, lines: Spooled, mark: Mark | None = None) -> bool:
        try:
            self.storage.insert_many(lines, mark)
        except StorageUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - engines are written by anybody
            self._failed(lines, error)
            return False
        self.stored += len(lines)
        return True

    def _failed(self, lines: Spooled, error: Exception) -> None:
        if len(lines) == 1:
            known = isinstance(error, RefusedError)
            (self.refused if known else self._doubtful).append((lines.raws[0], error))
        if not isinstance(error, RefusedError):
            self._failures += 1
            if self._failures >= _PATIENCE and not self.stored:
                raise _unavailable(error)

    def _halve(self, lines: Spooled) -> None:
        if len(lines) < 2:
            return
        middle = len(lines) // 2
        for half in (lines[:middle], lines[middle:]):
            if not self._attempt(half):
                self._halve(half)


def _unavailable(error: Exception) -> StorageUnavailableError:
    failure = StorageUnavailableError(
        f"The storage failed: {type(error).__name__}: {error}."
    )
    failure.__cause__ = error
    return failure
