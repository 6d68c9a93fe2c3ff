"""The three hooks: the rim around `wsgi_app`, the route's note, the wrapped view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask_profiler.instrument.lines import Lines
from flask_profiler.instrument.rim import Rim
from flask_profiler.instrument.tracker import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from wsgiref.types import WSGIApplication

    from flask import Flask

    from flask_profiler.recorder import Recorder
    from flask_profiler.state import State


def hook(
    app: Flask, state: State, recorder: Recorder, endpoints: Container[str] | None
) -> Callable[[WSGIApplication], Rim]:
    """Put a recorder's hooks into an application; give what goes around `wsgi_app`.

    `endpoints` are those to track; `None`: all.
    """
    config = state.config
    lines = Lines(config, recorder, state.names)
    tracker = Tracker(app, state.key, config, lines, endpoints)
    unread = config.capture.max_body if config.capture.unread else None
    return partial(Rim, keeper=tracker, key=state.key, max_unread=unread)
