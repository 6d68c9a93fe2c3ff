"""The command as it is installed: the real `flask`, real applications."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FLASK = str(Path(sys.executable).with_name("flask"))
HEAVY = ("rich", "tabulate", "sqlite3", "msgspec", "pymongo")

SHOP = """
from flask import Flask
import flask_profiler

print("starting the shop")
app = Flask("shop")
app.config["flask_profiler"] = {
    "enabled": ENABLED,
    "storage": {"engine": "sqlite", "FILE": "shop-app.sql"},
    "thresholds": [0.2, 0.3],
}

@app.get("/product/<id>")
def product(id):
    return {"id": id}

@app.put("/product/<id>")
def update(id):
    raise ValueError("no")

flask_profiler.init_app(app)
"""
TRAFFIC = """
import app
app.app.logger.disabled = True
client = app.app.test_client()
for n in range(30):
    client.get(f"/product/{n}?page={n % 3}")
for n in range(5):
    client.put(f"/product/{n}")
"""


def flask(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FLASK")}
    return subprocess.run(
        [FLASK, *args], capture_output=True, text=True, timeout=120, check=False,
        env={**kept, "PYTHONIOENCODING": "utf-8", **environ},
    )  # fmt: skip


def shop(enabled: object = True) -> None:
    Path("app.py").write_text(SHOP.replace("ENABLED", repr(enabled)))


def traffic() -> None:
    subprocess.run([sys.executable, "-c", TRAFFIC], check=True, timeout=120)


@pytest.mark.parametrize("args", [["--help"], ["routes"], ["profiler", "--nonsense"]])
def test_flask_itself_loads_nothing_heavy_for_us(args: list[str]) -> None:
    Path("app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    code = f"""
import sys
from flask.cli import main
sys.argv = ["flask", *{args!r}]
try:
    main()
except SystemExit:
    pass
assert "flask_profiler.cli" in sys.modules
print("loaded", [name for name in {HEAVY!r} if name in sys.modules])
"""
    # Without coverage, which keeps its figures in SQLite.
    bare = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=bare,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.splitlines()[-1] == "loaded []"


def test_every_answered_request_is_seen_through_the_executable() -> None:
    shop()
    traffic()
    result = flask("profiler", "summary", "--json", "-s", "-count")
    assert result.returncode == 0, result.stderr
    routes = json.loads(result.stdout)
    assert [(r["method"], r["name"], r["count"], r["errors"]) for r in routes] == [
        ("GET", "/product/<id>", 30, 0),
        ("PUT", "/product/<id>", 5, 5),
    ]
    found = flask("profiler", "list", "-n", "all", "--json", "--arg", "page=1")
    assert len(json.loads(found.stdout)) == 10
    shown = flask("profiler", "show", "last", "-m", "PUT").stdout
    assert "ValueError: no" in shown


def test_the_heading_names_the_application_and_its_store() -> None:
    shop()
    traffic()
    heading = flask("profiler", "list").stdout.splitlines()[0]
    assert heading == "shop  sqlite:shop-app.sql · last 7d · 35 requests"


def test_what_the_application_prints_does_not_get_into_the_answer() -> None:
    shop()
    traffic()
    result = flask("profiler", "list", "--json")
    assert json.loads(result.stdout)
    assert "starting the shop" in result.stderr


def test_an_application_not_yet_asked_says_what_to_do() -> None:
    shop()
    result = flask("profiler", "summary", "--json")
    assert (result.returncode, result.stdout) == (0, "[]\n")
    assert "There is no store yet at sqlite:shop-app.sql." in result.stderr
    assert "Send the application a request" in result.stderr
    assert not Path("shop-app.sql").exists()


def test_a_profiler_that_is_switched_off_can_be_read() -> None:
    shop()
    traffic()
    shop(enabled=False)
    result = flask("profiler", "list")
    assert result.returncode == 0
    assert "35 requests" in result.stdout
    Path("shop-app.sql").unlink()
    result = flask("profiler", "list")
    assert "switched off" in result.stderr


def test_an_application_without_a_profiler_is_told_how_to_get_one() -> None:
    Path("app.py").write_text("from flask import Flask\napp = Flask('bare')\n")
    result = flask("profiler", "summary")
    assert result.returncode == 2
    assert "The application 'bare' has no profiler." in result.stderr
    assert "init_app" in result.stderr


BROKEN = {
    "raise KeyError('NO_SUCH_\\x1b[31mKEY')": r"KeyError: 'NO_SUCH_\x1b[31mKEY'",
    "import sys; sys.exit('no settings')": "SystemExit: no settings",
    "import nothing_of_that_name": "nothing_of_that_name",
    "this is no python": "SyntaxError: invalid syntax",
    "pass": "Failed to find Flask application",
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_application_is_one_clear_message(code: str, filled: Path) -> None:
    Path("app.py").write_text(code)
    result = flask("profiler", "summary")
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    error, hint = result.stderr.splitlines()
    assert error.startswith("Error: ")
    assert BROKEN[code] in error
    assert hint.startswith("Hint: --db")
    assert flask("profiler", "summary", "--help").returncode == 0
    assert flask("profiler", "--help").returncode == 0
    by_name = flask("profiler", "summary", "--since", "all", "--db", str(filled))
    assert by_name.returncode == 0
    assert by_name.stderr == ""


def test_the_traceback_of_a_broken_application_is_there_in_debug() -> None:
    Path("app.py").write_text("raise KeyError('NO_SUCH_KEY')")
    result = flask("profiler", "summary", "--debug")
    assert "Traceback" in result.stderr
    assert flask("--debug", "profiler", "summary").stderr.count("Traceback") == 1


def test_without_an_application_a_store_beside_it_is_suggested() -> None:
    Path("flask_profiler.sql").write_bytes(b"")
    result = flask("profiler", "list")
    assert result.returncode == 2
    assert "Could not locate a Flask application" in result.stderr
    assert "--db flask_profiler.sql" in result.stderr


def test_a_wrong_configuration_is_named() -> None:
    shop(enabled="perhaps")
    result = flask("profiler", "list")
    assert result.returncode == 2
    assert "enabled" in result.stderr
    assert "Traceback" not in result.stderr
