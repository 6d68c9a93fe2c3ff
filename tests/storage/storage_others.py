"""Other users, other processes, and disks that are full."""

from __future__ import annotations

import os
import pickle
import resource
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOBODY = 65_534


class Child:
    """A forked process that runs a function and gives back what it returns."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self._reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._reader)
            os.write(writer, pickle.dumps(_outcome(action)))
            os._exit(0)
        os.close(writer)

    def result(self) -> Any:
        with os.fdopen(self._reader, "rb") as stream:
            sent = stream.read()
        os.waitpid(self.pid, 0)
        outcome = pickle.loads(sent)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def in_child(action: Callable[[], Any]) -> Any:
    """Run a function in a forked process."""
    return Child(action).result()


def as_nobody(action: Callable[[], Any]) -> Any:
    """Run a function as a user who may do nothing; as ourselves if that isn't root."""

    def lowered() -> Any:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return action()

    return in_child(lowered)


def with_file_limit(size: int, action: Callable[[], Any]) -> Any:
    """Run a function where no file may grow beyond `size` bytes."""

    def limited() -> Any:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        return action()

    return in_child(limited)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[bool]:
    """Mount a disk of `size` bytes on a folder; tell whether that was possible."""
    folder.mkdir()
    how = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = subprocess.run(how, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def _outcome(action: Callable[[], Any]) -> Any:
    try:
        outcome = action()
    except BaseException as error:  # crosses the pipe
        return _portable(error)
    return outcome


def _portable(error: BaseException) -> BaseException:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(repr(error))
    error.__cause__ = None
    return error
