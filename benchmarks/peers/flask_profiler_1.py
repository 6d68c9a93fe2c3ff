"""flask_profiler 1.8.1, with its SQLite engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.places import PEERS

import flask_profiler

if TYPE_CHECKING:
    import flask


def install(app: flask.Flask) -> None:
    app.config["flask_profiler"] = {
        "enabled": True,
        "storage": {"engine": "sqlite", "FILE": PEERS},
    }
    flask_profiler.init_app(app)
