"""Print one request in the format that was asked for."""

from __future__ import annotations

import sys

from flask_profiler.cli.detail_facts import described
from flask_profiler.cli.facts import plain_facts
from flask_profiler.cli.options import View
from flask_profiler.cli.output import format_of, show_records
from flask_profiler.cli.screen import screen
from flask_profiler.cli.source import Source
from flask_profiler.cli.structured import print_object
from flask_profiler.parsing.times import Clock
from flask_profiler.reports.detail import Detail
from flask_profiler.serialize import measurement_as_json


def show_detail(
    source: Source, detail: Detail, view: View, clock: Clock, window: str
) -> None:
    """Print a request on the standard output; `window` says among which peers."""
    where = screen(view.color)
    record = measurement_as_json(detail.measurement)
    match format_of(view, where):
        case "table":
            # rich takes a tenth of a second to load.
            from flask_profiler.cli.detail_page import print_page  # noqa: PLC0415

            print_page(source, described(detail, clock, window), view)
        case "plain":
            sys.stdout.write(
                plain_facts(described(detail, clock, window).plain(), where)
            )
        case "json":
            print_object(record)
        case structured:
            show_records([record], structured, where, headers=not view.no_headers)
