"""Which store a command reads, and what it says where it can't."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import NoAppException, ScriptInfo

import flask_profiler
from flask_profiler.cli import profiler
from flask_profiler.line.encode import encode
from flask_profiler.spool.writer import Writer
from flask_profiler.storage.sqlite.engine import SQLite
from tests.lines import line

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


@pytest.mark.parametrize("args", ["show 5", "show 5 --json", "show #5"])
def test_no_id_is_known_where_there_is_no_store_yet(args: str) -> None:
    result = ask(lambda: make_app(enabled=True), *args.split())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: No measurement has the id '{args.split()[1]}'. "
        "There is no store yet at sqlite:shop.sql.\n"
        "Hint: Send the application a request; it is shown here at once.\n"
    )


def test_where_there_is_no_store_yet_there_is_no_last_request() -> None:
    result = ask(lambda: make_app(enabled=True), "show", "last", "--json")
    assert (result.exit_code, result.stdout) == (0, "null\n")


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


def later_schema(path: Path) -> None:
    storage = SQLite({"FILE": str(path)})
    storage.insert_many([])
    storage.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE measurements_meta SET value = 99 WHERE key = 'schema'")


UNFIT: dict[str, tuple[Callable[[Path], object], str]] = {
    "is a directory.": (Path.mkdir, "Give --db the path of a file."),
    "is not an SQLite database.": (
        lambda path: path.write_text("a text, and no database" * 100),
        "Give --db another path; nothing has been written to this one.",
    ),
    "has schema version 99": (
        later_schema,
        "Upgrade flask-profiler, or give --db another path.",
    ),
}


@pytest.mark.parametrize("said", UNFIT)
def test_a_hint_fits_how_the_store_was_named(said: str, tmp_path: Path) -> None:
    make_unfit, hint = UNFIT[said]
    make_unfit(tmp_path / "shop.sql")
    named = ask(make_app, "list", "--db", "shop.sql")
    assert named.exit_code == 1
    assert named.stderr.startswith(f"Error: The database shop.sql {said}")
    assert named.stderr.endswith(f"Hint: {hint}\n")
    configured = ask(make_app, "list")
    assert configured.stderr == named.stderr.replace("--db", "storage.FILE")


@pytest.mark.parametrize("named", [True, False])
def test_why_measurements_wait_is_said_once(named: bool, tmp_path: Path) -> None:
    with spooled(tmp_path):
        (tmp_path / "shop.sql").mkdir()
        args = ("--db", "shop.sql") if named else ()
        result = ask(make_app, "summary", *args)
    assert result.exit_code == 1
    assert result.stderr == (
        "1 measurement still waits in the spool.\n"
        "Error: The database shop.sql is a directory.\n"
        f"Hint: Give {'--db' if named else 'storage.FILE'} the path of a file.\n"
    )


def test_two_slashes_are_one_too_few() -> None:
    result = ask(make_app, "list", "--db", "sqlite://x.sql")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: --db: The address sqlite://x.sql has two slashes, and needs three.\n"
        "Hint: Write sqlite:///x.sql, or the path alone.\n"
    )


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


@contextmanager
def spooled(place: Path) -> Iterator[Path]:
    """Have one measurement wait in the spool of the store in a folder."""
    folder = place / "shop.sql.spool"
    writer = Writer(folder, 1_000_000)
    assert writer.append(encode(line("/spooled", started=1)))
    yield folder
    writer.close()


def test_who_reads_leaves_nothing_beside_the_store(store: Path) -> None:
    before = sorted(store.parent.iterdir())
    with spooled(store.parent) as folder:
        result = ask(make_app, "summary", "--since", "1970-01-02")
        assert result.exit_code == 0
        assert ask(make_app, "list", "--db", str(store)).exit_code == 0
        assert sorted(store.parent.iterdir()) == sorted([*before, folder])
