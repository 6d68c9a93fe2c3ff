"""Install the profiler into an application."""

from __future__ import annotations

import importlib.util
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from flask_profiler.config import Config
from flask_profiler.state import EXTENSION, State, Waiting

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from flask import Flask

logger = logging.getLogger("flask_profiler")
_CONFIG_KEYS = ("flask_profiler", "FLASK_PROFILER")


def init_app(app: Flask) -> None:
    """Measure the endpoints that an application has declared so far.

    Those declared later are measured if decorated with `profile()`. Reads
    `app.config["flask_profiler"]`; raises `ConfigError` for what can't be used.
    """
    if _is_new(app):
        _install(app, frozenset(app.view_functions))


class Profiler:
    """Measure all endpoints of an application, those declared later too.

    Keeps nothing of the application, so one profiler serves any number of them.
    """

    def __init__(self, app: Flask | None = None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Measure the endpoints of an application, each from its first request on.

        Reads `app.config["flask_profiler"]`, with the first request if it isn't there
        yet; raises `ConfigError` for what can't be used.
        """
        if not _is_new(app):
            return
        if any(key in app.config for key in _CONFIG_KEYS):
            _install(app, None)
        else:
            waiting = Waiting(app, _switched_on)
            app.extensions[EXTENSION] = waiting
            app.wsgi_app = waiting  # type: ignore[method-assign]


def _is_new(app: Flask) -> bool:
    if EXTENSION not in app.extensions:
        return True
    logger.warning(
        "flask_profiler is installed in %r already; this call changes nothing",
        app.name,
    )
    return False


def _install(app: Flask, endpoints: frozenset[str] | None) -> None:
    state, wsgi_app = _switched_on(app, app.wsgi_app, endpoints)
    app.extensions[EXTENSION] = state
    if state.recorder is not None:
        app.wsgi_app = wsgi_app  # type: ignore[method-assign, assignment]


def _switched_on(
    app: Flask, inner: WSGIApplication, endpoints: frozenset[str] | None
) -> tuple[State, WSGIApplication]:
    """Give the profiler of an application, and what measures for it unless it is off.

    `endpoints` are those to track; `None`: all.
    """
    state = State(_configuration(app))
    if not state.config.enabled:
        return state, inner
    # Loaded here because it can't be where there is no fcntl, and needn't be when off.
    from flask_profiler.instrument import hook  # noqa: PLC0415
    from flask_profiler.recorder import Recorder  # noqa: PLC0415

    state.recorder = Recorder(state.config, state.storage)
    return state, hook(app, state, state.recorder, endpoints)(inner)


def _configuration(app: Flask) -> Config:
    mapping = next((app.config[key] for key in _CONFIG_KEYS if key in app.config), None)
    config = Config.from_mapping(mapping, debug=app.debug)
    if config.enabled and not importlib.util.find_spec("fcntl"):
        logger.warning("flask_profiler stays off: it needs Linux or macOS (fcntl)")
        return replace(config, enabled=False)
    return config
