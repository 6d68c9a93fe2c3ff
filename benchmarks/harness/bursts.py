"""Load on frozen servers, by turns: how much each answers, and what that costs."""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from dataclasses import dataclass

from harness.servers import Server
from harness.variants import Variant
from harness.wrk import Load, load

PATIENCE = 10.0


@dataclass(frozen=True)
class Burst:
    """Some seconds of load on one server, and what came after."""

    load: Load
    cpu_us: float
    """Processor time a request, all processes, until they rest again."""
    drained_after: float | None
    """Seconds from the load's end until nothing waited."""


def burst(server: Server, seconds: int, connections: int, *, rest: float) -> Burst:
    """Load a server, and let it work on for `rest` seconds at most.

    What it puts off for longer, it pays in its next burst.
    """
    server.group.wake()
    try:
        before = server.group.cpu_seconds()
        done = load(server.port, seconds, connections)
        drained = server.until_drained(PATIENCE) if server.variant.drained else None
        server.group.rest(rest)
        cpu = server.group.cpu_seconds() - before
    finally:
        server.group.freeze()
    return Burst(done, cpu / max(1, done.requests) * 1e6, drained)


def warmed(servers: list[Server], connections: int) -> None:
    """Let each server answer its first requests, which are none to compare."""
    for server in servers:
        burst(server, 1, connections, rest=1.0)


def by_turns(
    servers: list[Server], rounds: int, connections: int, *, rest: float
) -> dict[Variant, list[Burst]]:
    """Give bursts of a second of each server, as many as there are rounds."""
    found: dict[Variant, list[Burst]] = defaultdict(list)
    for number in range(rounds):
        print(f"\rround {number + 1}", end="", file=sys.stderr, flush=True)
        for server in random.sample(servers, len(servers)):
            one = burst(server, 1, connections, rest=rest)
            found[server.variant].append(one)
    print(file=sys.stderr)
    return found
