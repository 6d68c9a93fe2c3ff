"""One request on a terminal: facts, phases as bars, context."""

from __future__ import annotations

from collections.abc import Iterator

from flask_profiler.cli.charts import axis, span_bar
from flask_profiler.cli.context_facts import context_facts, context_line
from flask_profiler.cli.detail_facts import Described, phases_of
from flask_profiler.cli.fact_lines import NAME, alone, paired
from flask_profiler.cli.options import View
from flask_profiler.cli.printer import Printer
from flask_profiler.cli.screen import Screen, screen
from flask_profiler.cli.sheet import Line
from flask_profiler.cli.source import Source
from flask_profiler.cli.styles import elapsed_span, status_span
from flask_profiler.formatting import elapsed_text
from flask_profiler.measurement import Measurement

_ELAPSED = 10
_WIDEST_BAR = 60
_NARROWEST_BAR = 12


def print_page(source: Source, described: Described, view: View) -> None:
    """Print everything about a request."""
    printer = Printer(screen(view.color))
    m, width = described.detail.measurement, printer.screen.width
    printer.line(_title(m, described.ago, source))
    facts = [(name, printer.screen.safe(text)) for name, text in described.facts()]
    for line in paired(facts, width):
        printer.line(line)
    for line in _phases(m, width):
        printer.line(line)
    for line in _context(m, printer.screen, width, wide=view.wide):
        printer.line(line)


def _title(m: Measurement, ago: str, source: Source) -> Line:
    status = (status_span(m.status, error=m.error), (" · ", "dim"))
    return (
        (f"{m.method} {m.name}", "bold"),
        ("   ", ""),
        *(() if m.status is None and not m.error else status),
        elapsed_span(m.elapsed_us, source),
        (f"   #{m.id} · {ago}", "dim"),
    )


def _context(
    m: Measurement, screen: Screen, width: int, *, wide: bool
) -> Iterator[Line]:
    """Write the context in short, or all of it; nothing where there is none."""
    short = context_line(m)
    if not short:
        return
    yield ()
    for name, text in context_facts(m) if wide else [("Context", short)]:
        yield from alone((name, screen.safe(text)), width)


def _phases(m: Measurement, width: int) -> Iterator[Line]:
    """Draw each phase where it lies in the request."""
    cells = min(width - NAME - _ELAPSED - 2, _WIDEST_BAR)
    phases = phases_of(m)
    if not phases or cells < _NARROWEST_BAR:
        return
    total = max(m.elapsed_us, 1)
    yield ()
    heading = f"{'Phase':<{NAME}}{'Elapsed':>{_ELAPSED}}  "
    yield ((heading, "bold"), (axis(total, cells), "dim"))
    start = 0
    for name, elapsed_us in phases:
        end = start + elapsed_us
        bar = span_bar(start / total, end / total, cells) if elapsed_us else ""
        text = f"{name:<{NAME}}{elapsed_text(elapsed_us):>{_ELAPSED}}  "
        yield ((text, ""), (bar, "cyan"))
        start = end
