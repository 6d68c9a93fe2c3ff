from __future__ import annotations

import subprocess
import sys

import pytest

import flask_profiler


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
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
    heavy = "{'flask', 'msgspec', 'sqlite3', 'rich', 'tabulate'} & set(sys.modules)"
    assert run(f"import sys, flask_profiler; print({heavy})").strip() == "set()"


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
