"""Take measurements from requests: spool them, and have them drained."""

from __future__ import annotations

import atexit
import itertools
import os
import socket
import weakref
from typing import Final

import msgspec

from flask_profiler.clock import tick_ns
from flask_profiler.config import Config
from flask_profiler.errors import StorageUnavailableError
from flask_profiler.guard import logger, report, shielded
from flask_profiler.line.encode import encode, process_as_json
from flask_profiler.line.format import Line
from flask_profiler.line.timing import elapsed_of
from flask_profiler.recorder.drain import Drainer
from flask_profiler.recorder.outcome import Outcome
from flask_profiler.recorder.thread import DrainThread
from flask_profiler.spool import counters
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.folder import check, folder_for
from flask_profiler.spool.forks import Renewed
from flask_profiler.spool.writer import Writer
from flask_profiler.storage.base import Storage

EXIT_SECONDS: Final = 1.0
"""What draining may take while the process ends, all recorders together."""

_recorders: weakref.WeakSet[Recorder] = weakref.WeakSet()


class Recorder(Renewed):
    """Record the measurements of one application in this process.

    Any thread, both sides of a fork. Raises `ConfigError` when the spool folder can be
    written to by other users.
    """

    def __init__(self, config: Config, storage: Storage) -> None:
        super().__init__()
        self.storage = storage
        self.folder = folder_for(storage, config.storage.spool)
        _refuse_unsafe(self)
        self._verbose = config.verbose
        self._drains = config.spool.drain
        self._writer = Writer(self.folder, config.spool.max_bytes)
        self._thread = DrainThread(Drainer(self.folder, storage), config.spool.interval)
        self.renew()
        _recorders.add(self)

    def renew(self) -> None:
        """Be another process, with uids that no other makes."""
        self.process = process_as_json(os.getpid(), socket.gethostname())
        self.counter = itertools.count(int.from_bytes(os.urandom(3), "big"))
        self._recorded = False

    def record(self, line: Line) -> None:
        """Spool one measurement. Raises nothing, and waits for nothing."""
        try:
            if os.getpid() != self.owner_pid or line.process is not self.process:
                self._adopt(line)
            spooled = self._writer.append(encode(line))
            if self._verbose:
                _log(line)
            if self._drains and not self._thread.running and spooled:
                self._recorded = True
                self._thread.start()
        except Exception as error:  # noqa: BLE001 - never into the request
            report("recording a measurement", error)

    def drain(self, *, seconds: float | None = None, wait: float = 0.0) -> Outcome:
        """Drain in this thread, for about `seconds` at most."""
        return Drainer(self.folder, self.storage).run(seconds=seconds, wait=wait)

    def counts(self) -> Counts:
        """Give what the spool lost or set aside so far, in all processes."""
        return counters.read(self.folder)

    def close(self, seconds: float = EXIT_SECONDS) -> None:
        """End the thread and the segment, and drain what that leaves.

        A measurement that comes later starts both again.
        """
        end = tick_ns() + int(seconds * 1e9)
        # A thread that the host doesn't let run (uWSGI) must not use up all the time.
        self._thread.stop(seconds / 2)
        self._writer.close()
        left = (end - tick_ns()) / 1e9
        if self._drains and self._recorded and left > 0:
            self._recorded = False
            self.drain(seconds=left, wait=left / 4)

    def _adopt(self, line: Line) -> None:
        # Measured on the other side of a fork, or the fork told us nothing.
        self._writer.fork_noticed()
        self._thread.fork_noticed()
        self.fork_noticed()
        line.process, line.count = self.process, next(self.counter)


def _refuse_unsafe(recorder: Recorder) -> None:
    try:
        check(recorder.folder)
    except (OSError, StorageUnavailableError):
        # Missing, or somebody else's: a reader gets along, a writer is told then.
        return


def _log(line: Line) -> None:
    method, name, _ = msgspec.json.decode(line.route)
    elapsed_ms = elapsed_of(line.ticks) / 1000
    logger.info("%s %s %s %.1f ms", method, name, line.status, elapsed_ms)


def _at_exit() -> None:
    end = tick_ns() + int(EXIT_SECONDS * 1e9)
    for recorder in list(_recorders):
        with shielded("draining at exit"):
            recorder.close(max(0.0, (end - tick_ns()) / 1e9))
            recorder.storage.close()


atexit.register(_at_exit)
