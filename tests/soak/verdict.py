"""What came of a soak: figures, trends, and everything that is wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from flask_profiler.recorder import Drainer
from flask_profiler.spool import counters
from flask_profiler.spool.segment import listed
from flask_profiler.storage.registry import open_url
from tests.soak import readers
from tests.soak.audit import Audit
from tests.soak.gauges import MEBI, Bound, Trend, trend
from tests.soak.soak import WORKERS, Soak

SHOWN = 20


@dataclass
class Verdict:
    """Nothing is wrong, or exactly what."""

    facts: dict[str, str] = field(default_factory=dict)
    trends: list[Trend] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Give it as tables, and the first of what is wrong."""
        lines = [f"{name:<34}{value}" for name, value in self.facts.items()]
        heads = "".join(
            f"{head:>10}" for head in ("middle", "last", "at most", "highest")
        )
        lines += ["", f"{'median of a third':<34}{heads}"]
        lines += [_row(one) for one in self.trends]
        lines += [
            "",
            f"{len(self.wrong)} faults" if self.wrong else "The books balance.",
        ]
        lines += [f"- {fault}" for fault in self.wrong[:SHOWN]]
        if len(self.wrong) > SHOWN:
            lines.append(f"- and {len(self.wrong) - SHOWN} more")
        return "\n".join(lines)


def _row(one: Trend) -> str:
    values = (one.middle, one.last, one.allowed, one.highest)
    cells = "".join(f"{_amount(value):>10}" for value in values)
    return f"{one.name:<34}{cells}{'' if one.flat else '  NOT FLAT'}"


def _amount(value: float) -> str:
    if value < 4096:
        return f"{value:g}"
    return f"{value / 1024:,.0f} K" if value < MEBI else f"{value / MEBI:,.1f} M"


def judge(soak: Soak) -> Verdict:
    """Ask the product what it stored, and compare."""
    audit = Audit(soak.plan.seed, soak.books)
    audit.rows(readers.rows(soak.plan.folder))
    audit.summary(readers.summary(soak.plan.folder))
    verdict = Verdict(trends=trends(soak))
    verdict.facts = dict(_facts(soak, audit))
    verdict.wrong = [
        *soak.wrong,
        *soak.books.wrong,
        *soak.reader.wrong,
        *audit.wrong,
        *_uncounted(soak),
        *_complaints(soak),
        *_waits(soak),
        *_left_over(soak),
        *(f"not flat: {_row(one)}" for one in verdict.trends if not one.flat),
    ]
    return verdict


def _facts(soak: Soak, audit: Audit) -> Iterator[tuple[str, str]]:
    books, killer, locker = soak.books, soak.killer, soak.locker
    yield "seed, seconds of load", f"{soak.plan.seed}, {soak.took:.0f}"
    yield "requests sent", f"{books.sent:,}"
    yield "answered whole", f"{len(books.answered):,}"
    yield (
        "left by the client, cut by kills",
        (f"{len(books.left):,}, {len(books.unanswered):,}"),
    )
    yield "stored", f"{audit.stored.total():,}"
    beyond = audit.stored.keys() - books.answered.keys()
    yield "stored beyond the answered", f"{len(beyond):,}"
    yield (
        "SIGKILL, SIGTERM, SIGHUP",
        (f"{killer.killed}, {killer.terminated}, {soak.reloader.reloads}"),
    )
    yield "locks, longest", f"{len(locker.held)}, {locker.longest():.1f} s"
    yield "questions, killed", f"{soak.reader.asked}, {soak.reader.killed}"
    yield "counts.json", str(counters.read(soak.spool))
    slowest = max((one.seen for one in books.answered.values()), default=0.0)
    yield "slowest answer", f"{slowest:.2f} s"
    size = soak.database.stat().st_size / max(1, audit.stored.total())
    yield "bytes a measurement", f"{size:.0f}"


def _uncounted(soak: Soak) -> Iterator[str]:
    """Nothing may be dropped or refused here, and only a kill tears a line."""
    counts = counters.read(soak.spool)
    if counts.dropped or counts.rejected:
        yield f"counts.json: {counts}"
    if counts.torn > soak.killer.killed:
        yield f"counts.json: {counts}, with {soak.killer.killed} kills"


def _complaints(soak: Soak) -> Iterator[str]:
    for name, server in soak.servers.items():
        for line in server.complaints():
            yield f"the log of the {name} server: {line}"


def _waits(soak: Soak) -> Iterator[str]:
    """A request that begins while the database is locked ends while it is locked."""
    answered = soak.books.answered.values()
    for locked, freed in soak.locker.held:
        within = any(
            locked < one.began and one.began + one.seen < freed for one in answered
        )
        if freed - locked > 1.5 and not within:
            yield f"nothing was answered in {freed - locked:.1f} s of a lock"


def _left_over(soak: Soak) -> Iterator[str]:
    segments = listed(soak.spool)
    if segments:
        yield f"segments left after all processes ended and a reader came: {segments}"
    storage = open_url(str(soak.database))
    # Who is killed between a segment and its mark leaves that to the next worker.
    Drainer(soak.spool, storage).tidy()
    marks = list(storage.marked())
    storage.close()
    if marks:
        yield f"marks left of segments that are gone: {marks}"
    with closing(sqlite3.connect(soak.database)) as db:
        [[state]] = db.execute("PRAGMA integrity_check(1)")
    if state != "ok":
        yield f"the database is damaged: {state}"


def trends(soak: Soak) -> list[Trend]:
    """Give the trend of each gauge, with the bound that fits its kind.

    Memory may grow by pages of the database that SQLite keeps, of which each worker
    has 8 MB at most; a commit of another process empties that cache, so that it fills
    up slowly.
    """
    a_second = soak.plan.rate * 1500
    in_a_lock = a_second * (soak.locker.longest() + 15)
    busy = Bound(0.5, in_a_lock / 4, in_a_lock)
    processes = 1 + WORKERS * 2
    bounds = {
        "memory": Bound(0.02, 3 * MEBI),
        "open files": Bound(0.0, 3, 60),
        # It keeps a file open for each worker, and has twice as many in a reload.
        "harmed master: open files": Bound(0.0, WORKERS + 3, 60),
        "threads": Bound(0.0, 1, 20),
        "segments": Bound(0.5, processes, processes * 8),
        "size": busy,
        "undrained": busy,
        "log": Bound(0.5, 4 * MEBI, 64 * MEBI),
    }
    return [
        trend(name, values, bounds.get(name) or bounds[name.rpartition(": ")[2]])
        for name, values in soak.gauges.values.items()
    ]
