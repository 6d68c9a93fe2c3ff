"""An application factory: `Profiler` tracks whatever is there at the first request.

flask --app factory run
curl http://127.0.0.1:5000/hello/world
flask --app factory profiler summary
"""

from __future__ import annotations

from flask import Blueprint, Flask

from flask_profiler import Profiler, profile

profiler = Profiler()
greetings = Blueprint("greetings", __name__)


@greetings.get("/hello/<name>")
def hello(name):
    return {"hello": name}


# Needs neither an application nor a profiler while the module loads.
@greetings.get("/bye/<name>")
@profile()
def bye(name):
    return {"bye": name}


def create_app(config=None):
    app = Flask(__name__)
    app.config["flask_profiler"] = {
        "enabled": True,
        "storage": {"engine": "sqlite", "FILE": "factory.sql"},
        **(config or {}),
    }
    profiler.init_app(app)
    app.register_blueprint(greetings)
    return app
