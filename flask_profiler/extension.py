"""Install the profiler into an application."""

from __future__ import annotations

import importlib.util
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from flask_profiler.config import Config
from flask_profiler.state import EXTENSION, State

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger("flask_profiler")
_CONFIG_KEYS = ("flask_profiler", "FLASK_PROFILER")


def init_app(app: Flask) -> None:
    """Measure the endpoints that an application has declared so far.

    Those declared later are measured if decorated with `profile()`. Reads
    `app.config["flask_profiler"]`; raises `ConfigError` for what can't be used.
    """
    _install(app, everything=False)


class Profiler:
    """Measure all endpoints of an application, those declared later too.

    Keeps nothing of the application, so one profiler serves any number of them.
    """

    def __init__(self, app: Flask | None = None) -> None:
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Measure the endpoints of an application, each from its first request on.

        Reads `app.config["flask_profiler"]`; raises `ConfigError` for what can't be
        used.
        """
        _install(app, everything=True)


def _install(app: Flask, *, everything: bool) -> None:
    if EXTENSION in app.extensions:
        logger.warning(
            "flask_profiler is installed in %r already; this call changes nothing",
            app.name,
        )
        return
    state = State(_configuration(app))
    if state.config.enabled:
        _switch_on(app, state, everything=everything)
    app.extensions[EXTENSION] = state


def _configuration(app: Flask) -> Config:
    mapping = next((app.config[key] for key in _CONFIG_KEYS if key in app.config), None)
    config = Config.from_mapping(mapping, debug=app.debug)
    if config.enabled and not importlib.util.find_spec("fcntl"):
        logger.warning("flask_profiler stays off: it needs Linux or macOS (fcntl)")
        return replace(config, enabled=False)
    return config


def _switch_on(app: Flask, state: State, *, everything: bool) -> None:
    # Loaded here because it can't be where there is no fcntl, and needn't be when off.
    from flask_profiler.instrument import instrument  # noqa: PLC0415
    from flask_profiler.recorder import Recorder  # noqa: PLC0415

    recorder = Recorder(state.config, state.storage)
    instrument(app, state, recorder, everything=everything)
    state.recorder = recorder
