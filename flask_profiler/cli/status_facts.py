"""What `status` says: names and texts, before anything is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_profiler.cli.facts import Fact
from flask_profiler.cli.heading import shortened
from flask_profiler.cli.settings_facts import settings_facts
from flask_profiler.formatting import (
    ago_text,
    date_text,
    number_of,
    percent_text,
    size_text,
    span_text,
)
from flask_profiler.parsing.times import Clock
from flask_profiler.results import Backlog, Facts, Settings, Status

_NOT_KNOWN: Final = "not known"
_STATES: Final = {
    "nothing waits": "nothing waits",
    "recent": "what waits is young",
    "behind": "goes on, but not fast enough",
    "stalled": "nobody drains",
    "unknown": "can't be seen",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A status in words, in three parts."""

    verdict: str
    store: list[Fact]
    spool: list[Fact]
    settings: list[Fact]


def told(status: Status, clock: Clock, *, brief: bool = False) -> Told:
    """Put a status into words; in brief, so that two facts fit on a line."""
    count = len(status.problems)
    return Told(
        verdict=number_of(count, "problem") if count else "all is well",
        store=_store(status, clock, brief=brief),
        spool=_spool(status, clock),
        settings=settings_facts(status.settings),
    )


def _store(status: Status, clock: Clock, *, brief: bool) -> list[Fact]:
    facts = status.facts
    engine = ("engine", status.location.partition(":")[0])
    if facts is None:
        wrong = any(problem.code.startswith("store-") for problem in status.problems)
        nothing = "nothing yet: the first measurement makes the store"
        return [engine, ("holds", _NOT_KNOWN if wrong else nothing)]
    known = [
        engine,
        ("size", _sizes(facts)),
        ("holds", _holds(facts)),
        ("newest", _moment(facts.newest_us, clock, date=not brief, ago=True)),
        ("oldest", _moment(facts.oldest_us, clock, date=True, ago=not brief)),
    ]
    return [(name, text) for name, text in known if text]


def _holds(facts: Facts) -> str:
    if facts.count is None:
        return "not known: this engine can't count without reading everything"
    if not facts.count:
        return "no measurements yet"
    routes = "" if facts.routes is None else f" in {number_of(facts.routes, 'route')}"
    return number_of(facts.count, "measurement") + routes


def _moment(time_us: int | None, clock: Clock, *, date: bool, ago: bool) -> str:
    if time_us is None:
        return ""
    written = date_text(clock.local(time_us)) if date else ""
    passed = ago_text(time_us, clock.now_us) if ago else ""
    return f"{written} ({passed})" if written and passed else written or passed


def _sizes(facts: Facts) -> str:
    if facts.database is None:
        return _NOT_KNOWN
    log = f" and {size_text(facts.log)} of log" if facts.log else ""
    return size_text(facts.database) + log


def _spool(status: Status, clock: Clock) -> list[Fact]:
    folder = ("spool", shortened(status.folder))
    if status.backlog is None:
        return [folder, ("waiting", _NOT_KNOWN), *_lost(status, clock)]
    backlog, settings = status.backlog, status.settings
    since_us = backlog.since_us
    age = None if since_us is None else max(0, clock.now_us - since_us)
    facts = [
        folder,
        ("on disk", size_text(backlog.size)),
        ("waiting", number_of(backlog.lines, "measurement") if age is not None else ""),
        ("age", "" if age is None else span_text(age)),
        ("drained", f"{_by(settings)}{_STATES[status.draining]}"),
        ("written", f"by {_processes(backlog.writers)}"),
        ("room", _room(backlog, settings)),
        *_lost(status, clock),
    ]
    return [(name, text) for name, text in facts if text]


def _room(backlog: Backlog, settings: Settings | None) -> str:
    if settings is None:
        return f"{size_text(backlog.bytes)} used; the limit is not known"
    share = percent_text(backlog.bytes / settings.max_bytes)
    return f"{share} used of {size_text(settings.max_bytes)}"


def _by(settings: Settings | None) -> str:
    if settings is None:
        return ""
    if not settings.drain:
        return "from outside; "
    return "by the workers; "


def _processes(count: int) -> str:
    if not count:
        return "no process now"
    return "1 process" if count == 1 else f"{count:,} processes"


def _lost(status: Status, clock: Clock) -> list[Fact]:
    if status.losses is None:
        return [("lost", _NOT_KNOWN)]
    lost = [loss for loss in status.losses if loss.count]
    if not lost:
        return [("lost", "nothing")]
    counts = ", ".join(f"{loss.count:,} {loss.kind}" for loss in lost)
    facts = [("lost", counts)]
    if status.acknowledged_us is not None:
        fresh = sum(loss.fresh for loss in lost)
        but = f", before {fresh:,} of them" if fresh else ""
        when = ago_text(status.acknowledged_us, clock.now_us)
        facts.append(("seen", f"acknowledged {when}{but}"))
    facts += [("refused", f"last: {loss.reason}") for loss in lost if loss.reason]
    return facts
