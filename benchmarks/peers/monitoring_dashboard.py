"""Flask-MonitoringDashboard at level 1, its default: times, without contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask_monitoringdashboard as dashboard
from harness.places import PEERS

if TYPE_CHECKING:
    import flask


def install(app: flask.Flask) -> None:
    app.secret_key = "benchmark"
    dashboard.config.monitor_level = 1
    dashboard.config.database_name = f"sqlite:///{PEERS}"
    dashboard.bind(app)
