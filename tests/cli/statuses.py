"""The status of an application, or of a store, asked for in this process."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

import flask_profiler
from flask_profiler.cli import profiler


def make_app(**config: object) -> Flask:
    app = Flask("shop")
    storage = {"engine": "sqlite", "FILE": "shop.sql"}
    app.config["flask_profiler"] = {"enabled": False, "storage": storage, **config}
    flask_profiler.init_app(app)
    return app


def ask(*args: str, **config: object) -> Result:
    """Run `flask profiler …` for an application with this configuration."""
    info = ScriptInfo(create_app=lambda: make_app(**config), set_debug_flag=False)
    result = CliRunner().invoke(profiler, args, obj=info)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def told(*args: str, **config: object) -> dict[str, Any]:
    """Give the status as JSON, whose `ok` is what the exit code says."""
    result = ask("status", "--json", *args, **config)
    answer: dict[str, Any] = json.loads(result.stdout)
    assert answer["ok"] == (not answer["problems"]) == (result.exit_code == 0)
    assert result.stderr == ""
    return answer


def codes(*args: str, **config: object) -> list[str]:
    """Give the codes of the problems."""
    return [problem["code"] for problem in told(*args, **config)["problems"]]
