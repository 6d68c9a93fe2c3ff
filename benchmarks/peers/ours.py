"""The profiler of this repository."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from harness.places import OURS

import flask_profiler

if TYPE_CHECKING:
    import flask


def install(app: flask.Flask, *, drain: bool = True) -> None:
    logging.getLogger("flask_profiler").setLevel(logging.ERROR)
    app.config["flask_profiler"] = {
        "enabled": True,
        "storage": {"FILE": OURS},
        "spool": {"drain": drain},
    }
    flask_profiler.init_app(app)
