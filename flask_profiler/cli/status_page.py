"""The status on a terminal: the store, the spool, the settings, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from flask_profiler.cli.fact_lines import alone, paired
from flask_profiler.cli.heading import place
from flask_profiler.cli.options import View
from flask_profiler.cli.printer import Printer
from flask_profiler.cli.screen import Screen, screen
from flask_profiler.cli.sheet import Line
from flask_profiler.cli.source import Source
from flask_profiler.cli.status_facts import Told
from flask_profiler.results import Problem, Status


def print_page(source: Source, status: Status, words: Told, view: View) -> None:
    """Print everything about a store and its spool."""
    printer = Printer(screen(view.color))
    if not view.no_headers:
        printer.line(_title(source, status, words))
    for number, part in enumerate((words.store, words.spool, words.settings)):
        if number:
            printer.line(())
        facts = [(name, printer.screen.safe(text)) for name, text in part]
        for line in paired(facts, printer.screen.width):
            printer.line(line)
    for problem in status.problems:
        for line in _problem(problem, printer.screen):
            printer.line(line)


def _title(source: Source, status: Status, words: Told) -> Line:
    title = ((source.title, "bold"), ("  ", "")) if source.title else ()
    style = "bold red" if status.problems else "green"
    return (*title, (f"{place(source)} · ", "dim"), (words.verdict, style))


def _problem(problem: Problem, where: Screen) -> Iterator[Line]:
    yield ()
    text = where.safe(problem.message)
    yield from alone(("Problem", text), where.width, style="bold red")
    if problem.cure:
        yield from alone(("cure", where.safe(problem.cure)), where.width)
