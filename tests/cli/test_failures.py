"""What goes wrong is said in a sentence on stderr, with the right exit code."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
import pytest
from population import NOW_US
from terminal import Fill, Run

from flask_profiler.cli import profiler
from flask_profiler.cli.commands import summary as summary_command
from flask_profiler.errors import StorageError
from flask_profiler.measurement import Measurement

OLD = Measurement(
    uid=f"{1:024x}",
    started_us=NOW_US - 30 * 86_400_000_000,
    elapsed_us=1500,
    method="GET",
    name="/old",
    endpoint="old",
    status=200,
)

BAD_INPUT = {
    "--min 300": "--min: '300' has no unit.",
    "--max x": "--max: 'x' is not a duration.",
    "--min 3s --max 2s": "--min is beyond --max.",
    "--since 15": "--since: '15' has no unit.",
    "--since soon": "--since: 'soon' is not a time.",
    "--until 2026-02-30": "--until: '2026-02-30' is not a time.",
    "--since 1h --until 2h": "--since is beyond --until.",
    "-c 6": "--status: '6' is not a status.",
    "--kwarg id": "--kwarg: 'id' is not KEY=VALUE.",
    "--arg =1": "--arg: '=1' is not KEY=VALUE.",
}


@pytest.mark.parametrize("args", BAD_INPUT)
@pytest.mark.parametrize("command", ["summary", "list", "show last"])
def test_bad_input_names_its_option_and_exits_with_2(
    args: str, command: str, run: Run
) -> None:
    result = run(*command.split(), *args.split(), "--db", "shop.sql")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[0] == f"Error: {BAD_INPUT[args]}"
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("list -s elapsd", "No field 'elapsd'. Did you mean 'elapsed'? Fields: "),
        ("summary -s elapsed,up", "No field 'elapsed'. Did you mean"),
        ("list -n 0", "--limit: '0' is not a number of rows."),
        ("list -f yaml", "'yaml' is not one of"),
        ("list --json -f csv", "Error: --json and --format csv can't go together."),
        ("show 1 -f ndjson --json", "--json and --format ndjson can't go together."),
        ("list --colour always", "No such option"),
        ("list surplus", "unexpected extra argument"),
        ("show", "Missing argument"),
        ("sumary", "No such command 'sumary'. Did you mean 'summary'?"),
        ("xyz", "No such command 'xyz'."),
    ],
)
def test_bad_usage_exits_with_2(args: str, said: str, run: Run) -> None:
    result = run(*args.split())
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_command_that_does_not_exist_is_none_for_whoever_asks_the_group() -> None:
    assert profiler.get_command(click.Context(profiler), "sumary") is None


def test_help_has_a_short_name_everywhere(run: Run) -> None:
    for command in ("", "summary", "list", "show"):
        result = run(*command.split(), "-h")
        assert result.exit_code == 0
        assert "Usage:" in result.stdout


def test_the_group_names_its_commands_in_the_order_of_use(run: Run) -> None:
    out = run("--help").stdout
    assert out.index("  summary") < out.index("  list") < out.index("  show")


@pytest.mark.usefixtures("store")
def test_an_unknown_id_exits_with_1(run: Run) -> None:
    for id_ in ("99999", "0", "nonsense", "1; DROP TABLE x", "9" * 50, "-1x"):
        result = run("show", "--db", "shop.sql", "--", id_)
        assert result.exit_code == 1
        assert f"No measurement has the id '{id_}'." in result.stderr
        assert "Hint: " in result.stderr


def test_a_store_that_is_not_there_exits_with_1(run: Run) -> None:
    result = run("list", "--db", "nowhere.sql")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "nowhere.sql" in result.stderr
    assert not Path("nowhere.sql").exists()


def test_what_is_no_store_exits_with_1(tmp_path: Path, run: Run) -> None:
    Path("text.sql").write_text("this is not a database, it is a text" * 100)
    for db in ("text.sql", str(tmp_path)):
        result = run("summary", "--db", db)
        assert result.exit_code == 1
        assert result.stderr.splitlines()[-1].startswith(("Error: ", "Hint: "))
        assert "Traceback" not in result.output


def test_a_url_of_an_unknown_engine_exits_with_2(run: Run) -> None:
    result = run("list", "--db", "postgres://localhost/x")
    assert result.exit_code == 2
    assert "postgres://" in result.stderr


@pytest.mark.parametrize("format_", ["table", "plain", "json", "ndjson", "csv"])
@pytest.mark.usefixtures("store")
def test_finding_nothing_is_told_and_is_no_failure(format_: str, run: Run) -> None:
    for command in ("summary", "list", "show last"):
        args = (*command.split(), "--db", "shop.sql", "-f", format_, "-m", "PATCH")
        result = run(*args, "--since", "1h")
        assert result.exit_code == 0
        assert result.stderr == (
            "No measurements match method=PATCH, since 1h. 872 exist outside the "
            "filters (newest 21 seconds ago).\n"
        )
        nothing = "null" if command == "show last" else "[]"
        assert result.stdout.strip() == (nothing if format_ == "json" else "")


def test_the_window_to_look_in_is_suggested(fill: Fill, run: Run) -> None:
    db = str(fill(OLD))
    result = run("list", "--db", db)
    assert "No measurements match since 7d. 1 exists outside" in result.stderr
    assert "(newest 30 days ago). Try --since 90d." in result.stderr
    assert len(run("list", "--db", db, "--since", "90d").stdout.splitlines()) == 3


def test_a_day_is_suggested_in_hours(fill: Fill, run: Run) -> None:
    age_us = 20 * 3_600_000_000
    db = str(fill(msgspec.structs.replace(OLD, started_us=NOW_US - age_us)))
    assert "Try --since 24h." in run("list", "--db", db, "--since", "1h").stderr


@pytest.mark.usefixtures("store")
def test_an_end_before_everything_is_the_one_to_leave_out(run: Run) -> None:
    result = run("list", "--db", "shop.sql", "--until", "2026-11-22 09:00:00")
    assert result.exit_code == 0
    assert result.stderr.endswith(" Try without --until.\n")


@pytest.mark.usefixtures("store")
def test_a_mistyped_route_is_answered_with_the_one_that_was_meant(run: Run) -> None:
    result = run("list", "--db", "shop.sql", "-e", "/chekout")
    assert "Did you mean '/checkout'?" in result.stderr


def test_an_empty_store_says_where_it_looked(fill: Fill, run: Run) -> None:
    db = fill()
    result = run("summary", "--db", str(db))
    assert result.exit_code == 0
    assert "own.sql is empty." in result.stderr


def test_a_fault_of_ours_is_one_line_and_a_traceback_only_in_debug(
    store: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("oh\x1b[31m")

    monkeypatch.setattr(summary_command, "summarised", broken)
    result = run("summary", "--db", "shop.sql")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        r"Error: KeyError: 'oh\x1b[31m'",
        "Hint: --debug shows the traceback.",
    ]
    debugged = run("summary", "--db", "shop.sql", "--debug")
    assert isinstance(debugged.exception, KeyError)


@pytest.mark.parametrize("error", [StorageError("is down"), OSError("no space")])
def test_a_storage_that_fails_exits_with_1(
    error: Exception, store: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(summary_command, "summarised", failing)
    result = run("summary", "--db", "shop.sql")
    assert (result.exit_code, result.stderr) == (1, f"Error: {error}\n")
