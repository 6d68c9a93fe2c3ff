"""From what was typed to what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask_profiler.cli.failures import Misuse
from flask_profiler.cli.options import Filters, Order
from flask_profiler.errors import QueryError
from flask_profiler.formatting import span_text
from flask_profiler.parsing.conditions import parse_limit, parse_pair, parse_status
from flask_profiler.parsing.durations import parse_duration
from flask_profiler.parsing.times import Clock, parse_since, parse_until
from flask_profiler.query import Filter
from flask_profiler.reports.question import DEFAULT_WINDOW_US, Question

_WORDS = (
    ("endpoint", "endpoint="),
    ("exclude", "not "),
    ("method", "method="),
    ("status", "status="),
    ("min_elapsed", "min "),
    ("max_elapsed", "max "),
    ("kwarg", "kwarg "),
    ("arg", "arg "),
    ("since", "since "),
    ("until", "until "),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and how it was put."""

    question: Question
    window: str
    """For headings: `last 7d`, `since 2026-11-22 00:00`."""
    conditions: tuple[str, ...]
    """For the person: `method=PUT`, `since 1h`."""


@contextmanager
def naming(option: str) -> Iterator[None]:
    """Put the option's name in front of what its parser says."""
    try:
        yield
    except QueryError as error:
        message = f"{option}: {error}"
        raise Misuse(message, hint=error.hint) from error


def ask(filters: Filters, clock: Clock) -> Asked:
    """Read every filter; a mistake names its option and ends with exit code 2."""
    filter_ = _filter(filters, *_window(filters, clock))
    _require_order("--min", filter_.min_elapsed_us, "--max", filter_.max_elapsed_us)
    _require_order("--since", filter_.since_us, "--until", filter_.until_us)
    question = Question(filter_, clock.now_us, open_start=filters.since is None)
    return Asked(question, _heading(filters, filter_, clock), _conditions(filters))


def limit_of(order: Order) -> int | None:
    """Read how many rows are wanted; `None`: all."""
    with naming("--limit"):
        return parse_limit(order.limit)


def _filter(filters: Filters, since_us: int | None, until_us: int | None) -> Filter:
    with naming("--status"):
        statuses = tuple(parse_status(text) for text in filters.status)
    with naming("--kwarg"):
        kwargs = tuple(parse_pair(text) for text in filters.kwarg)
    with naming("--arg"):
        args = tuple(parse_pair(text) for text in filters.arg)
    spellings = {m: None for text in filters.method for m in (text.upper(), text)}
    return Filter(
        endpoints=filters.endpoint,
        excluded=filters.exclude,
        methods=tuple(spellings),
        statuses=statuses,
        min_elapsed_us=_duration("--min", filters.min_elapsed),
        max_elapsed_us=_duration("--max", filters.max_elapsed),
        kwargs=kwargs,
        args=args,
        since_us=since_us,
        until_us=until_us,
    )


def _duration(option: str, text: str | None) -> int | None:
    with naming(option):
        return None if text is None else parse_duration(text)


def _window(filters: Filters, clock: Clock) -> tuple[int | None, int | None]:
    until_us = None
    if filters.until is not None:
        with naming("--until"):
            until_us = parse_until(filters.until, clock)
    if filters.since is None:
        end_us = clock.now_us if until_us is None else until_us
        return end_us - DEFAULT_WINDOW_US, until_us
    with naming("--since"):
        return parse_since(filters.since, clock), until_us


def _require_order(
    low: str, low_us: int | None, high: str, high_us: int | None
) -> None:
    if low_us is not None and high_us is not None and low_us > high_us:
        raise Misuse(f"{low} is beyond {high}.")


def _heading(filters: Filters, filter_: Filter, clock: Clock) -> str:
    until = "" if filter_.until_us is None else _moment(filter_.until_us, clock)
    if filters.since is None:
        span = span_text(DEFAULT_WINDOW_US)
        return f"{span} until {until}" if until else f"last {span}"
    if filter_.since_us is None:
        return f"until {until}" if until else "all time"
    if not until and _relative(filters.since):
        return f"last {span_text(clock.now_us - filter_.since_us)}"
    since = f"since {_moment(filter_.since_us, clock)}"
    return f"{since} until {until}" if until else since


def _relative(since: str) -> bool:
    """Tell a length of time from a day's name and from a time in UTC."""
    written = since.strip().lower()
    return written[-1:].isalpha() and not written.endswith(("day", "z"))


def _moment(time_us: int, clock: Clock) -> str:
    moment = clock.local(time_us)
    return f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def _conditions(filters: Filters) -> tuple[str, ...]:
    said: list[str] = []
    for key, word in _WORDS:
        value = getattr(filters, key)
        values = (value,) if isinstance(value, str) else value or ()
        said += [f"{word}{text}" for text in values]
    if filters.since is None:
        said.append(f"since {span_text(DEFAULT_WINDOW_US)}")
    return tuple(said)
