"""What `show` says about a request: names and texts, before anything is laid out."""

from __future__ import annotations

from dataclasses import dataclass

from flask_profiler.cli.context_facts import context_facts
from flask_profiler.cli.facts import Fact
from flask_profiler.cli.listing_sheet import path_of
from flask_profiler.formatting import (
    ago_text,
    count_text,
    date_text,
    elapsed_text,
    milliseconds_text,
    percent_text,
    size_text,
)
from flask_profiler.measurement import Measurement, Phases
from flask_profiler.parsing.times import Clock
from flask_profiler.reports.detail import Detail


@dataclass(frozen=True, slots=True)
class Described:
    """A request in words."""

    detail: Detail
    ago: str
    started: str
    rank: str

    def facts(self) -> list[Fact]:
        """Give what is known, in pairs that stand well beside each other."""
        m = self.detail.measurement
        known = [
            ("started", self.started),
            ("url", path_of(m)),
            ("endpoint", m.endpoint or ""),
            ("client", m.context.ip or ""),
            ("rank", self.rank),
            ("usual", _usual(self.detail)),
            ("raised", f"{m.raised.type}: {m.raised.message}" if m.raised else ""),
            ("size", "" if m.size is None else size_text(m.size)),
            ("process", _process(m)),
        ]
        return [(name, text) for name, text in known if text]

    def plain(self) -> list[Fact]:
        """Give everything, a name and a value for each line of a pipe."""
        m = self.detail.measurement
        status = "-" if m.status is None else str(m.status)
        return [
            ("id", str(m.id)),
            ("method", m.method),
            ("route", m.name),
            ("status", status),
            ("elapsed/ms", milliseconds_text(m.elapsed_us)),
            *(fact for fact in self.facts() if fact[0] != "usual"),
            *_usual_plain(self.detail),
            *((f"{name}/ms", milliseconds_text(us)) for name, us in phases_of(m)),
            *context_facts(m),
        ]


def described(detail: Detail, clock: Clock, window: str) -> Described:
    """Put a request into words; `window` says when its peers were measured."""
    m = detail.measurement
    return Described(
        detail=detail,
        ago=ago_text(m.started_us, clock.now_us),
        started=date_text(clock.local(m.started_us)),
        rank=_rank(detail, "7d up to it" if detail.apart else window),
    )


def phases_of(measurement: Measurement) -> list[tuple[str, int]]:
    """Give the phases in their order; the stream only where there was one."""
    phases = measurement.phases
    if phases is None:
        return []
    names = Phases.__struct_fields__
    taken = [(name, int(getattr(phases, name))) for name in names]
    return taken if phases.stream else taken[:-1]


def _rank(detail: Detail, window: str) -> str:
    count = detail.peers.count if detail.peers else 1
    among = f"{count_text(count)} ({window})"
    if count == 1:
        return f"the only one ({window})"
    if not detail.slower and not detail.faster:
        return f"the same as all {among}"
    if not detail.slower:
        return f"slowest of {among}"
    if not detail.faster:
        return f"fastest of {among}"
    return f"slower than {percent_text(detail.faster / count)} of {among}"


def _usual(detail: Detail) -> str:
    peers = detail.peers
    if peers is None or peers.count == 1:
        return ""
    p50, p95 = peers.percentile_us(50), peers.percentile_us(95)
    return f"p50 {elapsed_text(p50)}  p95 {elapsed_text(p95)}"


def _usual_plain(detail: Detail) -> list[Fact]:
    peers = detail.peers
    if peers is None or peers.count == 1:
        return []
    return [
        (f"usual p{p}/ms", milliseconds_text(peers.percentile_us(p))) for p in (50, 95)
    ]


def _process(m: Measurement) -> str:
    if m.pid is None:
        return m.host or ""
    return f"{m.pid} on {m.host}" if m.host else str(m.pid)
