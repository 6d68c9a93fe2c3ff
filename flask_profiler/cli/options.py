"""The options that commands share: one decorator a kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC

import click

from flask_profiler.cli.bundle import Decorator, bundle
from flask_profiler.cli.failures import Misuse
from flask_profiler.clock import now_us
from flask_profiler.parsing.times import Clock

FORMATS = ("table", "plain", "json", "ndjson", "csv")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where to read."""

    db: str | None
    debug: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """Which measurements, as it was typed."""

    endpoint: tuple[str, ...]
    exclude: tuple[str, ...]
    method: tuple[str, ...]
    status: tuple[str, ...]
    min_elapsed: str | None
    max_elapsed: str | None
    kwarg: tuple[str, ...]
    arg: tuple[str, ...]
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """In what order, and how many, as it was typed."""

    sort: str
    limit: str


@dataclass(frozen=True, slots=True)
class View:
    """How it is to look."""

    format: str | None
    json: bool
    color: str
    utc: bool
    wide: bool
    no_headers: bool

    def __post_init__(self) -> None:
        """Refuse two formats."""
        if self.json and self.format not in {None, "json"}:
            raise Misuse(
                f"--json and --format {self.format} can't go together.",
                hint="Choose one of them.",
            )

    @property
    def clock(self) -> Clock:
        """Tell the time, in the zone that times are read and shown in."""
        return Clock(now_us(), UTC if self.utc else None)


source_options = bundle(
    "origin",
    Origin,
    click.option(
        "--db", metavar="PATH|URL", help="Read this store, without an application."
    ),
    click.option("--debug", is_flag=True, help="Show the traceback of an error."),
)

filter_options = bundle(
    "filters",
    Filters,
    click.option(
        "-e",
        "--endpoint",
        metavar="GLOB",
        multiple=True,
        help="Route or endpoint; * is any text, ? one character. Repeatable.",
    ),
    click.option(
        "-x", "--exclude", metavar="GLOB", multiple=True, help="The same, left out."
    ),
    click.option(
        "-m", "--method", metavar="METHOD", multiple=True, help="GET, PUT … Repeatable."
    ),
    click.option(
        "-c",
        "--status",
        metavar="STATUS",
        multiple=True,
        help="200, 5xx, 400-404 or '>=400'. Repeatable.",
    ),
    click.option(
        "--min",
        "min_elapsed",
        metavar="DURATION",
        help="Took at least this long: 300us, 50ms, 1.5s, 2m.",
    ),
    click.option(
        "--max", "max_elapsed", metavar="DURATION", help="Took at most this long."
    ),
    click.option(
        "--kwarg",
        metavar="K=V",
        multiple=True,
        help="View argument with this value. Repeatable: all must hold.",
    ),
    click.option(
        "--arg",
        metavar="K=V",
        multiple=True,
        help="Query parameter with this value. Repeatable: all must hold.",
    ),
    click.option(
        "--since",
        metavar="TIME",
        help="Started then or later: 15m, 1h30m, '2h ago', today, yesterday, "
        "2026-11-22, '2026-11-22 14:05', @EPOCH, all.  [default: 7d]",
    ),
    click.option(
        "--until",
        metavar="TIME",
        help="Started before; a date is the end of that day.",
    ),
)


def order_options(sort: str, limit: str, fields: Iterable[str]) -> Decorator:
    """Add sorting by these fields and limiting, with their defaults."""
    return bundle(
        "order",
        Order,
        click.option(
            "-s",
            "--sort",
            metavar="FIELD[,asc|desc]…",
            default=sort,
            show_default=True,
            help="-FIELD is FIELD,desc; fields can follow one another. "
            f"Fields: {', '.join(fields)}.",
        ),
        click.option(
            "-n",
            "--limit",
            metavar="N|all",
            default=limit,
            show_default=True,
            help="At most so many rows.",
        ),
    )


view_options = bundle(
    "view",
    View,
    click.option(
        "-f",
        "--format",
        type=click.Choice(FORMATS),
        help="[default: table on a terminal, plain elsewhere]",
    ),
    click.option("--json", is_flag=True, help="The same as --format json."),
    click.option(
        "--color",
        type=click.Choice(("auto", "always", "never")),
        default="auto",
        show_default=True,
        help="NO_COLOR is honoured.",
    ),
    click.option("--utc", is_flag=True, help="Read and show times in UTC."),
    click.option("-w", "--wide", is_flag=True, help="Leave out and cut nothing."),
    click.option("--no-headers", is_flag=True, help="Rows alone (table, plain, csv)."),
)
