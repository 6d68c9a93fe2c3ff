"""Which colour means what. Colour is never the only sign."""

from __future__ import annotations

from flask_profiler.cli.sheet import Span
from flask_profiler.cli.source import Source
from flask_profiler.clock import US
from flask_profiler.formatting import elapsed_text

SLOW = "yellow"
VERY_SLOW = "red"


def elapsed_span(time_us: float, source: Source) -> Span:
    """Give a time, coloured from the configured thresholds on."""
    slow, very_slow = source.thresholds
    if time_us >= very_slow * US:
        return elapsed_text(time_us), VERY_SLOW
    return elapsed_text(time_us), SLOW if time_us >= slow * US else ""


def status_span(status: int | None, *, error: bool) -> Span:
    """Give a status: errors red, 4xx yellow, a dash where there is none."""
    text = "-" if status is None else str(status)
    if error:
        return text if status is not None else "error", "bold red"
    return text, "yellow" if status is not None and status >= 400 else ""
