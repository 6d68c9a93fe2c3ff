"""Print a status in the format that was asked for."""

from __future__ import annotations

import sys

from flask_profiler.cli.facts import Fact, plain_facts
from flask_profiler.cli.heading import place
from flask_profiler.cli.options import View
from flask_profiler.cli.output import format_of, show_records
from flask_profiler.cli.screen import screen
from flask_profiler.cli.source import Source
from flask_profiler.cli.status_facts import Told, told
from flask_profiler.cli.structured import print_object
from flask_profiler.parsing.times import Clock
from flask_profiler.results import Status
from flask_profiler.serialize import spread, status_as_json


def show_status(source: Source, status: Status, view: View, clock: Clock) -> None:
    """Print a status on the standard output."""
    where = screen(view.color)
    record = status_as_json(status, source.title or None)
    match format_of(view, where):
        case "table":
            # rich takes a tenth of a second to load.
            from flask_profiler.cli.status_page import print_page  # noqa: PLC0415

            print_page(source, status, told(status, clock, brief=True), view)
        case "plain":
            lines = _plain(source, status, told(status, clock))
            sys.stdout.write(plain_facts(lines, where))
        case "json":
            print_object(record)
        case "csv":
            show_records([spread(record)], "csv", where, headers=not view.no_headers)
        case structured:
            show_records([record], structured, where, headers=not view.no_headers)


def _plain(source: Source, status: Status, words: Told) -> list[Fact]:
    facts = [("status", words.verdict), ("store", place(source))]
    if source.title:
        facts.insert(1, ("application", source.title))
    facts += [*words.store, *words.spool, *words.settings]
    for problem in status.problems:
        facts.append(("problem", problem.message))
        if problem.cure:
            facts.append(("cure", problem.cure))
    return facts
