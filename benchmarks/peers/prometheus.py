"""prometheus-flask-exporter: counters and histograms in memory, no requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_flask_exporter import PrometheusMetrics

if TYPE_CHECKING:
    import flask


def install(app: flask.Flask) -> None:
    PrometheusMetrics(app, group_by="url_rule")
