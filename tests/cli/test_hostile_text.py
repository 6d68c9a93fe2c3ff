"""Routes, URLs and headers come from attackers."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest
from population import NOW_US
from terminal import Fill, Run, Terminal

from flask_profiler.measurement import Context, Measurement, Raised

EVIL = "/\x1b[31m\x9b2J\x07\u202e\r\n\t\0x"
PLAIN = Measurement(
    uid=f"{1:024x}",
    started_us=NOW_US - 1_000_000,
    elapsed_us=1500,
    method="GET",
    name="/x",
    endpoint="x",
    status=200,
)
HOSTILE = msgspec.structs.replace(
    PLAIN,
    name=EVIL,
    endpoint=EVIL,
    method="G\x1b[5mT",
    raised=Raised("E\x1b", EVIL),
    host=EVIL,
    kwargs={EVIL: EVIL},
    context=Context(
        url=f"http://h/{EVIL}",
        args={EVIL: EVIL},
        headers={EVIL: EVIL},
        body=EVIL,
        ip=EVIL,
    ),
)
COMMANDS = (["summary"], ["list"], ["show", "last"])
FORBIDDEN = set(map(chr, range(0x20))) - {"\n"} | {"\x7f", "\x9b", "\u202e"}


@pytest.mark.parametrize("command", COMMANDS, ids=str)
@pytest.mark.parametrize("format_", ["table", "plain", "json", "ndjson", "csv"])
def test_nothing_in_a_measurement_acts_on_a_terminal(
    command: list[str], format_: str, fill: Fill, run: Run
) -> None:
    db = str(fill(HOSTILE))
    for wide in ([], ["-w"]):
        result = run(*command, "--db", db, "-f", format_, *wide)
        assert result.exit_code == 0, result.output
        assert not FORBIDDEN & set(result.stdout)


@pytest.mark.parametrize("command", COMMANDS, ids=str)
@pytest.mark.parametrize("format_", ["table", "csv"])
def test_a_real_terminal_gets_no_foreign_escape(
    command: list[str], format_: str, fill: Fill, terminal: Terminal
) -> None:
    db = str(fill(HOSTILE))
    args = (*command, "--db", db, "-f", format_, "--color", "never")
    shown = terminal.type("profiler", *args)
    assert shown.code == 0
    assert not {b"\x1b", b"\x07", b"\x9b", b"\0"} & {bytes([b]) for b in shown.raw}
    assert "\u202e".encode() not in shown.raw


def test_what_was_escaped_can_be_read(fill: Fill, run: Run) -> None:
    out = run("list", "--db", str(fill(HOSTILE))).stdout
    assert r"/\x1b[31m\x9b2J\x07\u202e\x0d\x0a\x09\x00x" in out


@pytest.mark.parametrize(
    "name", ["/x[/]y", '/<regex("[a-z]+"):s>', "/[bold]b[/bold]:smile:"]
)
@pytest.mark.parametrize("format_", ["table", "plain"])
def test_a_route_is_not_taken_for_markup(
    name: str, format_: str, fill: Fill, run: Run
) -> None:
    db = str(fill(msgspec.structs.replace(PLAIN, name=name)))
    for command in COMMANDS:
        assert name in run(*command, "--db", db, "-f", format_).stdout


@pytest.mark.parametrize("name", ["1e5", "0x10", "007", "nan", " "])
def test_a_route_is_not_taken_for_a_number(name: str, fill: Fill, run: Run) -> None:
    db = str(fill(msgspec.structs.replace(PLAIN, name=name)))
    out = run("list", "--db", db, "--no-headers").stdout
    assert name in out.split("1.500")[1]


def test_csv_has_no_formula_and_its_numbers_are_numbers(fill: Fill, run: Run) -> None:
    db = str(fill(msgspec.structs.replace(PLAIN, name='=HYPERLINK("http://x")')))
    for command in COMMANDS:
        (row,) = csv.DictReader(
            io.StringIO(run(*command, "--db", db, "-f", "csv").stdout)
        )
        assert row["name"] == '\'=HYPERLINK("http://x")'
        assert float(row.get("elapsed") or row["p50"]) == pytest.approx(
            0.0015, rel=0.01
        )


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "cp1252", "cp437", "utf-8"])
@pytest.mark.parametrize("format_", ["table", "plain", "json", "csv"])
@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_every_encoding_can_hold_the_output(
    command: list[str], format_: str, charset: str, fill: Fill, run: Run
) -> None:
    db = str(fill(msgspec.structs.replace(PLAIN, name="/日本/ü/\N{GRINNING FACE}")))
    result = run(*command, "--db", db, "-f", format_, charset=charset)
    assert result.exit_code == 0, result.output
    assert result.stdout_bytes.decode(charset)


def test_bars_fall_back_to_ascii(store: object, run: Run) -> None:
    args = ("summary", "--db", "shop.sql", "-f", "table")
    out = run(*args, charset="ascii", columns=130).stdout
    assert "####.... 44.1%" in out
    assert "303us" in out
    assert "/api/v2/reports/<int:year>/<int:month>/~" in out
    assert out.isascii()


def test_wide_characters_keep_the_columns_straight(
    fill: Fill, terminal: Terminal
) -> None:
    names = ["/日本語/商品/一覧/とても長い名前の道/さらに長い", "/plain"]
    rows = [
        msgspec.structs.replace(PLAIN, name=name, uid=f"{n:024x}")
        for n, name in enumerate(names)
    ]
    shown = terminal.type("profiler", "summary", "--db", str(fill(*rows)))
    columns = {line.index("50.0%") for line in _cells(shown.lines[2:4])}
    assert len(columns) == 1
    assert all(len(line) <= 80 for line in _cells(shown.lines))


def _cells(lines: list[str]) -> list[str]:
    """Give lines with one character a cell, as pyte keeps a wide one in two."""
    from rich.cells import cell_len

    return ["".join(c + "_" * (cell_len(c) - 1) for c in line) for line in lines]
