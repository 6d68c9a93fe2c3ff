"""The three hooks: the rim around `wsgi_app`, the route's note, the wrapped view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_profiler.instrument.lines import Lines
from flask_profiler.instrument.rim import Rim
from flask_profiler.instrument.tracker import Tracker

if TYPE_CHECKING:
    from flask import Flask

    from flask_profiler.recorder import Recorder
    from flask_profiler.state import State


def instrument(
    app: Flask, state: State, recorder: Recorder, *, everything: bool
) -> None:
    """Put the hooks of a profiler into an application.

    `everything`: endpoints that are declared later are tracked too.
    """
    config = state.config
    lines = Lines(config, recorder, state.names)
    declared = None if everything else frozenset(app.view_functions)
    tracker = Tracker(state.key, config, lines, declared)
    app.url_value_preprocessors.setdefault(None, []).insert(0, tracker.note)
    unread = config.capture.max_body if config.capture.unread else None
    app.wsgi_app = Rim(app.wsgi_app, tracker, state.key, unread)  # type: ignore[method-assign]
