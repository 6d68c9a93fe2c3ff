"""Which store a command reads, and what it says where it can't."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import NoAppException, ScriptInfo

import flask_profiler
from flask_profiler.cli import profiler
from flask_profiler.spool.encode import encode
from flask_profiler.spool.line import Line
from flask_profiler.spool.writer import Writer

Make = Callable[..., Flask]


def make_app(**config: object) -> Flask:
    app = Flask("shop")
    storage = {"engine": "sqlite", "FILE": "shop.sql"}
    app.config["flask_profiler"] = {"enabled": False, "storage": storage, **config}
    flask_profiler.init_app(app)
    return app


def ask(create_app: Make, *args: str, debug: bool = False) -> Result:
    info = ScriptInfo(create_app=create_app, set_debug_flag=False)
    extra = ["--debug"] if debug else []
    return CliRunner().invoke(profiler, [*args, *extra], obj=info)


@pytest.mark.usefixtures("store")
def test_the_store_of_the_application_is_read_also_when_it_measures_nothing() -> None:
    result = ask(make_app, "summary")
    assert result.exit_code == 0
    heading = result.stdout.splitlines()[0]
    assert heading.startswith("shop  sqlite:shop.sql · last 7d · 872 requests")


@pytest.mark.usefixtures("store")
def test_times_are_coloured_by_the_thresholds_of_the_application() -> None:
    args = ("show", "187", "-f", "table", "--color", "always")
    assert "\x1b[31m2.82s" in ask(make_app, *args).stdout
    slower = ask(lambda: make_app(thresholds=[2, 3]), *args).stdout
    assert "\x1b[33m2.82s" in slower
    assert "\x1b[31m" not in ask(lambda: make_app(thresholds=[5, 9]), *args).stdout


def test_a_store_that_is_not_there_yet_is_no_failure() -> None:
    result = ask(make_app, "list", "--json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")
    assert result.stderr == (
        "There is no store yet at sqlite:shop.sql.\n"
        "Hint: The profiler is switched off: outside debug it measures only with "
        '"enabled": True in its configuration.\n'
    )
    measuring = ask(lambda: make_app(enabled=True), "list")
    assert "Send the application a request" in measuring.stderr


def test_a_store_whose_folder_is_missing_says_so() -> None:
    storage = {"FILE": "/nowhere/at/all/shop.sql"}
    result = ask(lambda: make_app(enabled=True, storage=storage), "list")
    assert result.exit_code == 0
    assert result.stderr.endswith(
        "Hint: There is no folder /nowhere/at/all: make it, or change storage.FILE.\n"
    )


@pytest.mark.parametrize("command", ["summary", "list", "show last", "show 1"])
def test_a_named_store_that_is_not_there_is_a_failure_of_its_name(command: str) -> None:
    result = ask(make_app, *command.split(), "--db", "nowhere.sql")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: There is no database at nowhere.sql.\n")
    assert "Hint: Look at the path behind --db" in result.stderr


def test_a_name_that_no_store_can_have_is_a_usage_error() -> None:
    result = ask(make_app, "list", "--db", "")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: --db: ")
    assert "Hint: Give the path of an SQLite file" in result.stderr


def test_an_application_without_a_profiler_is_a_usage_error() -> None:
    result = ask(lambda: Flask("bare"), "list")
    assert result.exit_code == 2
    assert "The application 'bare' has no profiler." in result.stderr


def raising(error: BaseException) -> Make:
    def create_app() -> Flask:
        sys.stdout.write("half way")
        raise error

    return create_app


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("SECRET_KEY"), "can't be loaded: KeyError: 'SECRET_KEY'"),
        (SystemExit("no settings"), "can't be loaded: SystemExit: no settings"),
        (NoAppException("There is\nno application."), "There is no application."),
        (NoAppException(""), "There is no application."),
        (
            NoAppException("While importing 'x':\n\nTraceback …\nImportError: no y"),
            "While importing 'x': ImportError: no y",
        ),
    ],
)
def test_an_application_that_cannot_be_loaded_is_one_message(
    error: BaseException, said: str
) -> None:
    result = ask(raising(error), "list", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"Error: {said}" in result.stderr.replace("The application ", "")
    assert "--db PATH" in result.stderr


def test_the_error_of_a_broken_application_is_kept_in_debug() -> None:
    result = ask(raising(KeyError("SECRET_KEY")), "list", debug=True)
    assert isinstance(result.exception, KeyError)


@pytest.mark.usefixtures("store")
def test_a_named_store_needs_no_application() -> None:
    result = ask(raising(KeyError("SECRET_KEY")), "list", "--db", "shop.sql")
    assert result.exit_code == 0
    assert result.stdout.startswith("sqlite:shop.sql")


@pytest.mark.usefixtures("store")
def test_a_store_is_named_as_shortly_as_it_can_be(tmp_path: Path) -> None:
    def heading(db: str) -> str:
        result = CliRunner().invoke(profiler, ["list", "--db", db])
        return result.stdout.split(" ·")[0]

    assert heading(str(tmp_path / "shop.sql")) == "sqlite:shop.sql"
    (tmp_path / "deeper").mkdir()
    assert heading("deeper/../shop.sql") == "sqlite:deeper/../shop.sql"


def test_an_application_with_an_empty_store_says_so() -> None:
    app = make_app(enabled=True)
    storage = app.extensions["flask_profiler"].storage
    storage.insert_many([])
    result = ask(lambda: app, "summary")
    assert result.exit_code == 0
    assert "Nothing is measured yet in sqlite:shop.sql." in result.stderr


def test_who_reads_leaves_nothing_beside_the_store(store: Path) -> None:
    before = sorted(store.parent.iterdir())
    folder = Path(f"{store}.spool")
    folder.mkdir(mode=0o700)
    writer = Writer(folder, 1_000_000)
    line = Line("0" * 24, 1, (0, 1, 0, 0), "GET", "/spooled", 1, "host")
    assert writer.append(encode(line))
    result = ask(make_app, "summary", "--since", "1970-01-02")
    assert result.exit_code == 0
    assert ask(make_app, "list", "--db", str(store)).exit_code == 0
    assert sorted(store.parent.iterdir()) == sorted([*before, folder])
    writer.close()
