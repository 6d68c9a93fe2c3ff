"""How the profiler of an application is: its store, its spool, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Draining: TypeAlias = Literal["nothing waits", "recent", "behind", "stalled", "unknown"]
"""What can be seen of draining.

`recent`: what waits is young. Otherwise it is old, and while it was watched it became
less (`behind`), or it didn't (`stalled`). `unknown`: the spool can't be looked at.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a store tells at once; `None`: it can't, without looking through it all."""

    database: int | None = None
    """Bytes."""
    log: int | None = None
    """Bytes beside it: what is committed, and not taken into the database yet."""
    count: int | None = None
    routes: int | None = None
    oldest_us: int | None = None
    newest_us: int | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is in a spool."""

    lines: int
    """Complete ones, not drained yet."""
    bytes: int
    """Not drained yet."""
    size: int
    """Bytes of all files."""
    writers: int
    """Processes that have measured something and are alive."""
    since_us: int | None
    """Since when the oldest of the lines waits; `None`: none does."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Measurements that never get into the store, of one kind."""

    kind: Literal["dropped", "torn", "rejected"]
    count: int
    fresh: int
    """How many of them nobody has acknowledged."""
    reason: str | None = None
    """Why the last one was lost, where that is known."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an application has switched on."""

    measuring: bool
    sampling: str | None
    """The name of the sampling function."""
    ignore: tuple[str, ...]
    unmatched: bool
    captured: tuple[str, ...]
    """Of headers, form, body."""
    unread: bool
    max_body: int
    redact: tuple[str, ...]
    """Names beyond the built-in ones."""
    drain: bool
    interval: float
    max_bytes: int
    verbose: bool
    reserved: tuple[str, ...]
    """Keys that are set, and have no effect yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong."""

    code: str
    """For programs; `reports.problems` lists them."""
    message: str
    cure: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything together."""

    location: str
    """Of the store: `engine:place`, or the engine alone."""
    facts: Facts | None
    """`None`: there is no store yet, or it can't be read."""
    folder: str
    """The spool."""
    backlog: Backlog | None
    """`None`: the spool can't be looked at."""
    draining: Draining
    losses: tuple[Loss, ...] | None
    acknowledged_us: int | None
    """When somebody last acknowledged losses."""
    settings: Settings | None
    """`None`: no application was asked."""
    problems: tuple[Problem, ...] = ()
