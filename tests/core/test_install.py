from __future__ import annotations

import subprocess
import sys

import pytest
from flask import Flask
from hosting import measured, raw

import flask_profiler
from flask_profiler.state import state_of


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_every_public_name_is_there_and_nothing_else() -> None:
    for name in flask_profiler.__all__:
        assert getattr(flask_profiler, name) is not None
        assert name in dir(flask_profiler)
    with pytest.raises(AttributeError, match="nothing"):
        flask_profiler.nothing  # noqa: B018 - the look-up is the test


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = """
import sys
before = set(sys.modules)
import flask_profiler
loaded = set(sys.modules) - before
print(loaded & {"flask", "msgspec", "sqlite3", "rich", "tabulate"})
"""
    assert run(code).strip() == "set()"


def test_without_fcntl_the_profiler_stays_off_with_a_warning() -> None:
    code = """
import sys
sys.modules["fcntl"] = None
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "fcntl" else find(name)
import flask, flask_profiler
app = flask.Flask("host")
app.config["flask_profiler"] = {"enabled": True}
view = flask_profiler.profile()(lambda: "ok")
app.get("/")(view)
flask_profiler.init_app(app)
print(app.test_client().get("/").text)
print(flask_profiler.measure(lambda: "called", "work", "X")())
"""
    out = run(code)
    assert "ok\ncalled\n" in out
    assert out.count("flask_profiler stays off") == 1


def test_the_class_reads_a_configuration_that_comes_after_it() -> None:
    app = Flask("host")
    flask_profiler.Profiler(app)
    app.get("/")(lambda: "ok")
    app.config["flask_profiler"] = {"enabled": True, "spool": {"drain": False}}
    assert raw(app).read() == b"ok"
    assert raw(app).read() == b"ok"
    assert len(measured(app)) == 2


def test_a_late_configuration_is_there_for_readers_before_any_request() -> None:
    app = Flask("host")
    flask_profiler.Profiler(app)
    app.config["flask_profiler"] = {"storage": {"FILE": "late.sql"}}
    found = state_of(app)
    assert found is not None
    assert found.recorder is None
    assert "late.sql" in found.storage.location
    app.get("/")(flask_profiler.profile()(lambda: "ok"))
    assert raw(app).read() == b"ok"


@pytest.mark.swallows
def test_a_late_configuration_that_cant_be_used_leaves_the_application_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Flask("host")
    flask_profiler.Profiler(app)
    app.config["flask_profiler"] = {"enabled": "perhaps"}
    app.get("/")(flask_profiler.profile()(lambda: "ok"))
    for _ in range(2):
        assert raw(app).read() == b"ok"
    assert "enabled" in caplog.text
    with pytest.raises(flask_profiler.ConfigError):
        state_of(app)


def test_an_application_without_a_profiler_has_no_state() -> None:
    assert state_of(Flask("bare")) is None


def test_where_there_is_no_fcntl_the_profiler_is_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = Flask("host")
    app.config["flask_profiler"] = {"enabled": True}
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    flask_profiler.init_app(app)
    found = state_of(app)
    assert found is not None
    assert found.recorder is None
    assert "needs Linux or macOS" in caplog.text
