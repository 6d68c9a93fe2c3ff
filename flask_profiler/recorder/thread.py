"""The thread that drains, several times a second, while the application works."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from flask_profiler.clock import tick_ns
from flask_profiler.errors import StorageUnavailableError
from flask_profiler.guard import logger, shielded
from flask_profiler.recorder.drain import Drainer
from flask_profiler.recorder.outcome import Patience
from flask_profiler.recorder.pace import Polite
from flask_profiler.recorder.trouble import Trouble
from flask_profiler.spool.forks import Renewed
from flask_profiler.spool.native import NativeLock, new_gate, start


class DrainThread(Renewed):
    """Drain from a native daemon thread; it starts when it is first needed.

    In a forked child it is not running, and starts anew.
    """

    def __init__(
        self,
        drainer: Drainer,
        interval: float,
        clock: Callable[[], int] = tick_ns,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._drainer = drainer
        self._interval = interval
        self._rest()

    def renew(self) -> None:
        """Have no thread yet, and nothing that the parent's drainer has on its mind."""
        self._drainer = Drainer(self._drainer.folder, self._drainer.storage)
        self._rest()

    def _rest(self) -> None:
        self.running = False
        self._stopping = False
        self._tidied = False
        self._unfinished = False
        self._trouble = Trouble(self._drainer.folder, self._clock)
        self._bell = new_gate()
        self._ended = new_gate()

    def start(self) -> None:
        """Start the thread unless it runs. A host that allows none goes on without."""
        with self.lock:
            if self.running:
                return
            self.running, self._stopping = True, False
            self._bell, self._ended = new_gate(), new_gate()
            self._bell.acquire()
            self._ended.acquire()
            try:
                start(_work, weakref.ref(self), self._bell, self._ended)
            except RuntimeError as error:
                self._ended.release()
                logger.info("flask_profiler got no thread to drain with: %s", error)

    def stop(self, seconds: float) -> None:
        """End the thread, and wait for at most `seconds` until it has ended."""
        with self.lock:
            if not self.running or self._stopping:
                return
            self._stopping = True
            self._bell.release()
            ended = self._ended
        if ended.acquire(timeout=max(0.0, seconds)):
            ended.release()
        self.running = False

    def tick(self) -> float:
        """Drain once; give the seconds until the next time."""
        began = tick_ns()
        pace = Polite(self._pause)
        swept = self._drainer.sweep(Patience(stop=lambda: self._stopping, pace=pace))
        self._trouble.note(swept.error, stored=swept.drained > 0)
        if swept.error is None and (swept.drained or self._unfinished):
            try:
                self._look_after_storage()
            except StorageUnavailableError as error:
                self._trouble.note(error)
                return self._interval
        if self._unfinished:
            # Half of the time at most goes into it.
            return min(self._interval, (tick_ns() - began) / 1e9)
        return self._interval

    def _pause(self, seconds: float) -> None:
        # Cut short when the thread is to end; the bell goes on ringing.
        if self._bell.acquire(timeout=seconds):
            self._bell.release()

    def works_with(self, bell: NativeLock) -> bool:
        """Tell whether the thread with this bell shall go on."""
        return bell is self._bell and not self._stopping

    def has_ended(self, bell: NativeLock) -> None:
        """Note that the thread with this bell is no more."""
        if bell is self._bell:
            self.running = False

    def _look_after_storage(self) -> None:
        if not self._tidied:
            self._drainer.tidy()
            self._tidied = True
        self._unfinished = self._drainer.storage.upkeep()


def _work(
    drain_thread: weakref.ref[DrainThread], bell: NativeLock, ended: NativeLock
) -> None:
    try:
        while (thread := drain_thread()) is not None and thread.works_with(bell):
            pause = thread._interval  # noqa: SLF001 - this is the thread's own body
            with shielded("draining the spool"):
                pause = thread.tick()
            del thread
            bell.acquire(timeout=pause)
    finally:
        if (thread := drain_thread()) is not None:
            thread.has_ended(bell)
            # Here: nobody waits for what is dropped after the end.
            with shielded("closing the storage"):
                thread._drainer.storage.close()  # noqa: SLF001
        ended.release()
