"""Measurements that lack something, are old, or are large."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import msgspec
import pytest
from population import NOW_US
from terminal import Fill, Run

from flask_profiler.measurement import Context, Measurement, Phases

BY_HAND = Measurement(
    uid=f"{1:024x}",
    started_us=NOW_US - 1_000_000,
    elapsed_us=1500,
    method="job",
    name="nightly",
    args=(1, "two", {"three": 3}),
    kwargs={"deep": [1, 2]},
)
DAY_US = 86_400_000_000


@pytest.mark.parametrize("format_", ["table", "plain", "csv", "json"])
def test_a_function_measured_by_hand_has_no_status_no_phases_no_url(
    format_: str, fill: Fill, run: Run
) -> None:
    db = str(fill(BY_HAND))
    for command in ("summary", "list", "show last"):
        result = run(*command.split(), "--db", db, "-f", format_, "-m", "job")
        assert result.exit_code == 0
        assert "nightly" in result.stdout
        assert "before" not in result.stdout or format_ in {"csv", "json"}


def test_the_arguments_of_a_function_measured_by_hand_are_shown(
    fill: Fill, run: Run
) -> None:
    db = str(fill(BY_HAND))
    table = run("show", "last", "--db", db, "-f", "table").stdout
    assert """args 1, 'two', {"three": 3} · kwargs deep=[1, 2]""" in table
    lines = run("show", "last", "--db", db).stdout.splitlines()
    facts = [line.split(maxsplit=1) for line in lines]
    assert [text for name, text in facts if name == "args"] == [
        "1", "'two'", '{"three": 3}'
    ]  # fmt: skip
    assert ["status", "-"] in facts
    assert ["rank", "the only one (7d)"] in facts


def test_an_empty_cell_of_a_pipe_is_a_dash(fill: Fill, run: Run) -> None:
    row = run("list", "--db", str(fill(BY_HAND)), "--no-headers").stdout.split()
    assert row[3] == "-"
    assert row[-1] == "-"


@pytest.mark.parametrize(
    ("days", "shown"),
    [(0, "15:03:44"), (3, "11-19 15:03:44"), (400, "2025-10-18 16:03:44")],
)
def test_a_time_is_as_long_as_it_must_be(
    days: int, shown: str, fill: Fill, run: Run
) -> None:
    started_us = BY_HAND.started_us - days * DAY_US
    db = str(fill(msgspec.structs.replace(BY_HAND, started_us=started_us)))
    args = ("list", "--db", db, "--since", "all", "-f", "table", "--no-headers")
    assert run(*args).stdout.split("  ")[1] == shown


def test_what_is_years_old_is_found_with_all(fill: Fill, run: Run) -> None:
    started_us = BY_HAND.started_us - 3000 * DAY_US
    db = str(fill(msgspec.structs.replace(BY_HAND, started_us=started_us)))
    assert "Try --since all." in run("list", "--db", db).stderr
    shown = run("show", "1", "--db", db).stdout
    assert "the only one (7d up to it)" in shown


@pytest.mark.parametrize("url", ["http://[bad", "", "/only/path?q"])
def test_a_url_that_is_none_is_shown_as_it_is(url: str, fill: Fill, run: Run) -> None:
    m = msgspec.structs.replace(BY_HAND, context=Context(url=url))
    out = run("list", "--db", str(fill(m)), "--no-headers").stdout
    assert out.rstrip().endswith(url or "-")


def test_a_long_body_is_cut_only_where_it_is_said(fill: Fill, run: Run) -> None:
    body = " ".join(f"word-{n}" for n in range(200))
    m = msgspec.structs.replace(BY_HAND, context=Context(body=body))
    args = ("show", "last", "--db", str(fill(m)))
    table = run(*args, "-f", "table").stdout
    assert "… (-w to show)" in table
    assert "word-199" not in table
    for whole in (run(*args, "-f", "table", "-w").stdout, run(*args).stdout):
        assert "word-199" in whole
    assert json.loads(run(*args, "--json").stdout)["context"]["body"] == body


def test_a_stream_is_a_phase_of_its_own(fill: Fill, run: Run) -> None:
    phases = Phases(before=100, view=400, after=0, stream=1000)
    db = str(fill(msgspec.structs.replace(BY_HAND, phases=phases)))
    lines = run("show", "last", "--db", db, "-f", "table").stdout.splitlines()
    (stream,) = [line for line in lines if line.startswith("stream")]
    assert "1.00ms" in stream
    assert stream.rstrip().endswith("█")
    (after,) = [line for line in lines if line.startswith("after")]
    assert after.split() == ["after", "0µs"]


def test_phases_are_left_out_where_there_is_no_room(fill: Fill, run: Run) -> None:
    db = str(fill(msgspec.structs.replace(BY_HAND, phases=Phases(view=1500))))
    narrow = run("show", "last", "--db", db, "-f", "table", columns=30).stdout
    assert "Phase" not in narrow


@pytest.mark.parametrize("columns", [82, 86, 90])
def test_a_trend_that_is_shown_is_drawn(columns: int, fill: Fill, run: Run) -> None:
    db = str(fill(msgspec.structs.replace(BY_HAND, name="/", elapsed_us=5)))
    args = ("summary", "--db", db, "-f", "table")
    heading, names, route, *_ = run(*args, columns=columns).stdout.splitlines()
    assert heading
    assert names.endswith("trend") == route.rstrip().endswith("█")


@pytest.mark.parametrize("wide", [[], ["-w"]])
def test_a_context_that_is_empty_is_left_out(
    wide: list[str], fill: Fill, run: Run
) -> None:
    db = str(fill(msgspec.structs.replace(BY_HAND, args=(), kwargs={})))
    out = run("show", "last", "--db", db, "-f", "table", *wide).stdout
    assert "Context" not in out
    assert out.rstrip("\n") + "\n" == out


def test_a_heading_is_cut_at_the_edge_of_the_terminal(fill: Fill, run: Run) -> None:
    args = ("list", "--db", str(fill(BY_HAND)), "-f", "table")
    heading = run(*args, columns=24).stdout.splitlines()[0]
    assert heading == "sqlite:own.sql · last 7…"
    whole = run(*args, "-w", columns=24).stdout.splitlines()[0]
    assert whole.endswith("1 request")


def test_a_long_path_gives_way_to_the_figures(fill: Fill, run: Run) -> None:
    folder = Path("a/deep/folder/with/a/very/long/name/of/its/own")
    folder.mkdir(parents=True)
    db = str(fill(BY_HAND).rename(folder / "shop.sql"))
    heading = run("summary", "--db", db, "-f", "table", columns=80).stdout.splitlines()
    assert heading[0].startswith("…")
    assert "/own/shop.sql · last 7d · 1 request · " in heading[0]
    assert heading[0].endswith("% err")
    assert len(heading[0]) == 80
    assert f"sqlite:{db} · " in run("summary", "--db", db).stdout


def test_an_application_s_name_survives_a_cut_heading(run: Run) -> None:
    from flask_profiler.cli.table import _cut

    line = (("shop", "bold"), ("  ", ""), ("sqlite:x · all", "dim"))
    assert "".join(text for text, _ in _cut(line, 10)) == "shop  sql…"
    assert "".join(text for text, _ in _cut(line, 4)) == "sho…"


def test_a_file_of_1x_is_read_and_left_as_it_is(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "old.sql"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE measurements (ID Integer PRIMARY KEY AUTOINCREMENT, "
            "startedAt REAL, endedAt REAL, elapsed REAL, args TEXT, kwargs TEXT, "
            "method TEXT, context TEXT, name TEXT)"
        )
        context = json.dumps({"url": "http://h/product/1", "headers": {"Host": "h"}})
        started = NOW_US / 1_000_000 - 60
        connection.executemany(
            "INSERT INTO measurements (startedAt, endedAt, elapsed, args, kwargs, "
            "method, context, name) VALUES (?, ?, 0.010117, '[]', ?, 'GET', ?, ?)",
            [
                (started, started + 0.010117, '{"id": "1"}', context, "/product/<id>")
                for _ in range(3)
            ],
        )
    connection.close()
    before = path.read_bytes()
    (route,) = json.loads(run("summary", "--db", "old.sql", "--json").stdout)
    assert (route["count"], route["maxElapsed"]) == (3, 0.010117)
    table = run("show", "last", "--db", "old.sql", "-f", "table").stdout
    assert table.splitlines()[0].startswith("GET /product/<id>   10.1ms   #")
    assert "the same as all 3 (7d)" in table
    assert len(run("list", "--db", "old.sql", "--no-headers").stdout.splitlines()) == 3
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["old.sql"]
