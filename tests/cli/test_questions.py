"""Filters, order and formats, asked through the command group."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from population import NOW_US, population
from terminal import Run

PEOPLE = population()


def ids(run: Run, *args: str) -> list[str]:
    result = run("list", "--db", "shop.sql", "-n", "all", "-f", "json", *args)
    assert result.exit_code == 0, result.stderr
    return sorted(m["uid"] for m in json.loads(result.stdout))


CASES = {
    "-e /product/*": lambda m: m.name.startswith("/product/"),
    "-e getProduct -e checkout": lambda m: m.endpoint in {"getProduct", "checkout"},
    "-e /product/<id>": lambda m: m.name == "/product/<id>",
    "-x *product*": lambda m: "product" not in m.name and "roduct" not in m.endpoint,
    "-m put": lambda m: m.method == "PUT",
    "-m PUT -m POST": lambda m: m.method in {"PUT", "POST"},
    "-c 404": lambda m: m.status == 404,
    "-c 4xx -c 500": lambda m: m.status in {404, 500},
    "-c >=400": lambda m: m.status >= 400,
    "--min 58ms": lambda m: m.elapsed_us >= 58_000,
    "--max 300us": lambda m: m.elapsed_us <= 300,
    "--kwarg id=71": lambda m: m.kwargs.get("id") == "71",
    "--arg dry=1": lambda m: m.context.args.get("dry") == "1",
    "--since 1h": lambda m: m.started_us >= NOW_US - 3_600_000_000,
    "--until 1h": lambda m: m.started_us < NOW_US - 3_600_000_000,
    "--since 2h --until 1h": lambda m: (
        NOW_US - 7_200_000_000 <= m.started_us < NOW_US - 3_600_000_000
    ),
    "-m PUT --min 50ms --since 3h": lambda m: (
        m.method == "PUT"
        and m.elapsed_us >= 50_000
        and m.started_us >= NOW_US - 10_800_000_000
    ),
    "--since all": lambda m: True,
    "--since today": lambda m: True,
    "--until yesterday": lambda m: False,
}


@pytest.mark.parametrize("args", CASES)
@pytest.mark.usefixtures("store")
def test_a_filter_gives_exactly_what_it_says(args: str, run: Run) -> None:
    wanted = sorted(m.uid for m in PEOPLE if CASES[args](m))
    assert ids(run, *args.split()) == wanted


@pytest.mark.usefixtures("store")
def test_a_summary_says_what_its_list_holds(run: Run) -> None:
    result = run("summary", "--db", "shop.sql", "--json", "-m", "PUT")
    (route,) = json.loads(result.stdout)
    times = [m.elapsed_us for m in PEOPLE if m.method == "PUT"]
    assert route["count"] == len(times)
    assert route["totalElapsed"] == sum(times) / 1_000_000
    assert route["minElapsed"] == min(times) / 1_000_000
    assert route["maxElapsed"] == max(times) / 1_000_000
    assert route["errors"] == sum(m.error for m in PEOPLE if m.method == "PUT")
    p95 = sorted(times)[-(-95 * len(times) // 100) - 1] / 1_000_000
    assert route["p95"] == pytest.approx(p95, rel=0.01)


@pytest.mark.parametrize(
    ("sort", "key", "reverse"),
    [
        ("elapsed,desc", lambda m: m["elapsed"], True),
        ("-elapsed", lambda m: m["elapsed"], True),
        ("elapsed", lambda m: m["elapsed"], False),
        ("endedAt,desc", lambda m: m["endedAt"], True),
        ("method,asc", lambda m: m["method"], False),
    ],
)
@pytest.mark.usefixtures("store")
def test_a_list_is_sorted_as_it_was_asked(
    sort: str, key: object, reverse: bool, run: Run
) -> None:
    result = run("list", "--db", "shop.sql", "--json", "-s", sort, "-n", "200")
    rows = json.loads(result.stdout)
    assert len(rows) == 200
    assert rows == sorted(rows, key=key, reverse=reverse)  # type: ignore[call-overload]


@pytest.mark.usefixtures("store")
def test_the_formats_for_programs_agree(run: Run) -> None:
    def out(*args: str) -> str:
        result = run("list", "--db", "shop.sql", "-n", "20", *args)
        assert result.stderr == ""
        return result.stdout

    as_json = json.loads(out("--json"))
    as_lines = [json.loads(line) for line in out("-f", "ndjson").splitlines()]
    as_csv = list(csv.DictReader(io.StringIO(out("-f", "csv"))))
    assert as_json == as_lines
    assert [float(row["elapsed"]) for row in as_csv] == [m["elapsed"] for m in as_json]
    assert [json.loads(row["kwargs"]) for row in as_csv] == [
        m["kwargs"] for m in as_json
    ]
    assert len(out("-f", "csv", "--no-headers").splitlines()) == 20


@pytest.mark.usefixtures("store")
def test_a_pipe_gets_every_column_uncut_in_milliseconds(run: Run) -> None:
    lines = run("summary", "--db", "shop.sql", columns=40).stdout.splitlines()
    assert lines[0].startswith("sqlite:shop.sql · last 7d · 872 requests")
    assert lines[1].split() == [
        "Method", "Route", "Reqs", "Req/s", "Err%", "p50/ms", "p95/ms", "p99/ms",
        "Max/ms", "Time%",
    ]  # fmt: skip
    assert "/api/v2/reports/<int:year>/<int:month>/<path:rest>" in lines[2]
    assert len(lines) == 2 + 7
    assert all(len(line.split()) == 10 for line in lines[1:])


@pytest.mark.usefixtures("store")
def test_rows_alone_are_printed_without_headers(run: Run) -> None:
    for format_ in ("plain", "table"):
        result = run("summary", "--db", "shop.sql", "-f", format_, "--no-headers")
        lines = result.stdout.splitlines()
        assert len(lines) == 7
        assert lines[0].startswith("GET")


@pytest.mark.usefixtures("store")
def test_times_are_local_unless_utc_is_wanted(run: Run) -> None:
    newest = ("list", "--db", "shop.sql", "-n", "1", "--no-headers")
    assert "2026-11-22T15:03:23.737+01:00" in run(*newest).stdout
    assert "2026-11-22T14:03:23.737+00:00" in run(*newest, "--utc").stdout
    since = ("--since", "2026-11-22 14:30")
    assert len(ids(run, *since)) > len(ids(run, *since, "--utc"))


@pytest.mark.parametrize(
    ("args", "window"),
    [
        ([], "last 7d"),
        (["--since", "1h"], "last 1h"),
        (["--since", "90m"], "last 1h30m"),
        (["--since", "2h ago"], "last 2h"),
        (["--since", "all"], "all time"),
        (["--since", "today"], "since 2026-11-22 00:00"),
        (["--since", "2026-11-21"], "since 2026-11-21 00:00"),
        (["--since", "2026-11-22T08:00Z"], "since 2026-11-22 09:00"),
        (["--since", "2026-11-21", "--until", "2026-11-22"],
         "since 2026-11-21 00:00 until 2026-11-23 00:00"),
        (["--since", "all", "--until", "1m"], "until 2026-11-22 15:02:45"),
        (["--until", "1m"], "7d until 2026-11-22 15:02:45"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("store")
def test_the_heading_says_which_window_it_is(
    args: list[str], window: str, run: Run
) -> None:
    heading = run("list", "--db", "shop.sql", *args).stdout.splitlines()[0]
    assert heading.split(" · ")[1] == window


@pytest.mark.usefixtures("store")
def test_a_list_says_when_it_is_not_all(run: Run) -> None:
    table = ("list", "--db", "shop.sql", "-f", "table")
    assert "5 of 872 requests" in run(*table, "-n", "5").stdout
    assert "of 872" not in run(*table, "-n", "all").stdout
    assert "2 of 7 routes" in run("summary", *table[1:], "-n", "2").stdout


@pytest.mark.usefixtures("store")
def test_wide_leaves_out_and_cuts_nothing(run: Run) -> None:
    out = run("summary", "--db", "shop.sql", "-f", "table", "-w", columns=40).stdout
    assert "hidden" not in out
    assert "trend" in out
    assert "/api/v2/reports/<int:year>/<int:month>/<path:rest>" in out


def test_show_takes_an_id_with_or_without_its_sign(store: Path, run: Run) -> None:
    plain = run("show", "187", "--db", "shop.sql")
    assert plain.exit_code == 0
    assert plain.stdout == run("show", "#187", "--db", "shop.sql").stdout
    facts = dict(line.split(maxsplit=1) for line in plain.stdout.splitlines())
    assert facts["id"] == "187"
    assert facts["elapsed/ms"] == "2819.849"
    assert facts["rank"] == "slowest of 12 (7d)"
    assert facts["started"] == "2026-11-22 10:25:57.540 +01:00"


@pytest.mark.usefixtures("store")
def test_show_gives_programs_the_whole_measurement(run: Run) -> None:
    one = json.loads(run("show", "187", "--db", "shop.sql", "--json").stdout)
    assert one["id"] == 187
    assert one["context"]["headers"]["Authorization"] == "[redacted]"
    line = run("show", "187", "--db", "shop.sql", "-f", "ndjson").stdout
    assert json.loads(line) == one
    (row,) = csv.DictReader(
        io.StringIO(run("show", "187", "--db", "shop.sql", "-f", "csv").stdout)
    )
    assert row["id"] == "187"


@pytest.mark.usefixtures("store")
def test_show_lists_headers_when_wide(run: Run) -> None:
    table = ("show", "187", "--db", "shop.sql", "-f", "table")
    assert "Accept-Language: en" in run(*table, "-w").stdout
    assert "headers (6, 2 redacted; -w to show)" in run(*table).stdout


@pytest.mark.usefixtures("store")
def test_options_can_stand_in_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from flask_profiler.cli import profiler

    runner = CliRunner(env={"FLASK_PROFILER_LIST_LIMIT": "3"})
    result = runner.invoke(
        profiler,
        ["list", "--db", "shop.sql", "--no-headers"],
        auto_envvar_prefix="FLASK_PROFILER",
    )
    assert len(result.stdout.splitlines()) == 3
