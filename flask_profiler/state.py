"""What the profiler knows of one application, and the profilers of this process."""

from __future__ import annotations

import itertools
import weakref
from functools import cached_property
from typing import TYPE_CHECKING

from flask_profiler.redaction import Names
from flask_profiler.storage.registry import open_storage

if TYPE_CHECKING:
    from flask import Flask

    from flask_profiler.config import Config
    from flask_profiler.recorder import Recorder
    from flask_profiler.storage.base import Storage

EXTENSION = "flask_profiler"

_states: weakref.WeakSet[State] = weakref.WeakSet()
_numbers = itertools.count(1)


class State:
    """The profiler of one application, kept in its `extensions`.

    Without a recorder it is switched off: nothing is measured, the store can be read.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.names = Names(config.redact)
        self.recorder: Recorder | None = None
        self.key = f"flask_profiler.exchange.{next(_numbers)}"
        """Where the exchange of a request stands in its WSGI environment."""
        _states.add(self)

    @cached_property
    def storage(self) -> Storage:
        """The open store. Opening does no input or output, and may raise."""
        return open_storage(self.config.storage)


def state_of(app: Flask) -> State | None:
    """Give the profiler of an application, `None` where it was never installed."""
    state = app.extensions.get(EXTENSION)
    return state if isinstance(state, State) else None


def only_state() -> State | None:
    """Give the profiler of this process that measures, if there is exactly one."""
    measuring = [state for state in _states if state.recorder is not None]
    return measuring[0] if len(measuring) == 1 else None
