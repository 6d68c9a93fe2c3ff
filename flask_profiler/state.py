"""What the profiler knows of one application, and the profilers of this process."""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias

from flask_profiler.guard import shielded
from flask_profiler.redaction import Names
from flask_profiler.storage.registry import open_storage

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

    from flask_profiler.config import Config
    from flask_profiler.recorder import Recorder
    from flask_profiler.storage.base import Storage

EXTENSION = "flask_profiler"

SwitchOn: TypeAlias = """Callable[
    [Flask, WSGIApplication, frozenset[str] | None], tuple[State, WSGIApplication]
]"""
"""Gives the profiler of an application, and what measures for it unless it is off."""

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


class Waiting:
    """Stand for a profiler whose configuration may still come, as in 1.x.

    It is read when the first request comes, or when somebody asks for the state. Called
    as the WSGI application that the profiler is to stand around. Any thread.
    """

    def __init__(self, app: Flask, switch_on: SwitchOn) -> None:
        self._inner = app.wsgi_app
        self._switch_on = partial(switch_on, app, self._inner)
        self._serve: WSGIApplication | None = None
        self._lock = threading.Lock()
        self.ready: State | None = None
        """The profiler, once the configuration is read."""

    def state(self) -> State:
        """Read the configuration, unless it is read; raises `ConfigError`."""
        with self._lock:
            if self.ready is None:
                self.ready, self._serve = self._switch_on(None)
        return self.ready

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request as the application does."""
        if self._serve is None:
            with shielded("reading the configuration"):
                self.state()
        return (self._serve or self._inner)(environ, start_response)


def state_of(app: Flask) -> State | None:
    """Give the profiler of an application, `None` where it was never installed.

    Raises `ConfigError` where the configuration came late and can't be used.
    """
    found = app.extensions.get(EXTENSION)
    if isinstance(found, Waiting):
        return found.state()
    return found if isinstance(found, State) else None


def ready_state(app: Flask) -> State | None:
    """Give the profiler of an application as far as it is there; raises nothing."""
    found = app.extensions.get(EXTENSION)
    if isinstance(found, Waiting):
        return found.ready
    return found if isinstance(found, State) else None


def only_state() -> State | None:
    """Give the profiler of this process that measures, if there is exactly one."""
    measuring = [state for state in _states if state.recorder is not None]
    return measuring[0] if len(measuring) == 1 else None
