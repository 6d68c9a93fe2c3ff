"""Drain from now on, beside the workers."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

import click

from flask_profiler.cli.heading import place, shortened
from flask_profiler.cli.source import Source
from flask_profiler.cli.watch_trouble import WatchTrouble
from flask_profiler.clock import now_us, tick_ns
from flask_profiler.config import SpoolConfig
from flask_profiler.errors import StorageMissingError
from flask_profiler.formatting import number_of
from flask_profiler.parsing.times import Clock
from flask_profiler.recorder import Drainer
from flask_profiler.recorder.outcome import Patience

_SLICE: Final = 0.25
"""Seconds after which a pause looks whether it is to end."""
_TALK_NS: Final = 60_000_000_000
"""Between two lines on what was drained."""


class Watch:
    """Drain a source until it is told to end; whatever fails is tried again."""

    def __init__(
        self, source: Source, *, quiet: bool, tick: Callable[[], int] = tick_ns
    ) -> None:
        self._source = source
        self._quiet = quiet
        self._tick = tick
        self._drainer = Drainer(source.spool, source.storage)
        self._trouble = WatchTrouble(source, tick)
        spool = source.config.spool if source.config else SpoolConfig()
        self.interval = spool.interval
        self._ended = False
        self._tidied = False
        self._unfinished = False
        self._drained = 0
        self._untold = 0
        self._talked = tick()

    def end(self) -> None:
        """Stop after the batch that is being drained now. From a signal handler too."""
        self._ended = True

    def run(self) -> None:
        """Drain until `end` is called."""
        spool, store = shortened(str(self._source.spool)), place(self._source)
        self._say(f"Draining {spool} into {store}. Ctrl+C or SIGTERM ends it.")
        while not self._ended:
            began = tick_ns()
            self.round()
            took = (tick_ns() - began) / 1e9
            # Half of the time at most goes into what the store has to do for itself.
            pause = took if self._unfinished else self.interval
            self._pause(min(pause, self.interval))
        self._say(f"Ended; {number_of(self._drained, 'measurement')} drained.")

    def round(self) -> None:
        """Drain what there is now; say what is worth it."""
        try:
            swept = self._drainer.sweep(Patience(stop=lambda: self._ended))
            self._drained += swept.drained
            self._untold += swept.drained
            self._trouble.note(swept.error, stored=swept.drained > 0)
            if swept.error is None and (swept.drained or self._unfinished):
                self._look_after_storage()
        except Exception as error:  # noqa: BLE001 - engines are written by anybody
            self._trouble.note(error)
        if self._untold and self._tick() - self._talked >= _TALK_NS:
            self._talk()

    def _look_after_storage(self) -> None:
        try:
            if not self._tidied:
                self._drainer.tidy()
                self._tidied = True
            self._unfinished = self._source.storage.upkeep()
        except StorageMissingError:
            self._unfinished = False

    def _talk(self) -> None:
        now = Clock(now_us(), None)
        moved = number_of(self._untold, "measurement")
        self._say(f"{now.local(now.now_us):%Y-%m-%d %H:%M:%S}  {moved} drained.")
        self._talked, self._untold = self._tick(), 0

    def _say(self, text: str) -> None:
        if self._quiet:
            return
        try:
            click.echo(text)
        except OSError:  # nobody listens, or the log is full: that stops no draining
            self._quiet = True

    def _pause(self, seconds: float) -> None:
        end = tick_ns() + seconds * 1e9
        while not self._ended and (left := end - tick_ns()) > 0:
            time.sleep(min(left / 1e9, _SLICE))


@contextmanager
def ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` for SIGTERM and SIGINT as long as the block runs."""

    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        end()

    before = {n: signal.signal(n, handle) for n in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
