"""A small shop with fast, slow, broken, streamed and asynchronous corners."""

from __future__ import annotations

from flask import Flask

from flask_profiler import Profiler
from shop import accounts, catalogue, checkout, office

profiler = Profiler()


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["flask_profiler"] = {
        "enabled": True,
        "storage": {"engine": "sqlite", "FILE": "flask_profiler.sql"},
        "ignore": ["^/static/", "^/health$"],
    }
    for module in (accounts, catalogue, checkout, office):
        app.register_blueprint(module.blueprint)
    app.add_url_rule("/health", "health", lambda: "fine")
    profiler.init_app(app)
    return app
