"""How many requests a saturated server answers, as a share of plain Flask's.

    python benchmarks/throughput.py

Gunicorn with two sync workers, and with one gthread worker of eight threads; `wrk` with
16 connections asks for the small JSON view. The servers run all the time, are loaded by
turns, in random order, and are frozen while another is. "Drained beside" is
`"spool": {"drain": False}`, and `flask profiler drain --watch` as a process of its own.
"""

from __future__ import annotations

from statistics import median

from harness import command, figures, wrk
from harness.bursts import Burst, burst, by_turns, warmed
from harness.figures import NOTHING, micros, percent
from harness.servers import Server, frozen
from harness.table import Table
from harness.variants import DRAINED_BESIDE, OURS, PEERS, PLAIN, Variant

LONGER = 5
"""Seconds of the load after which the spool must become empty."""
WHAT_DRAINED_MEANS = (
    f"Drained after: from the end of {LONGER} seconds of load until the spool is empty."
)
ORDER = (PLAIN, OURS, DRAINED_BESIDE, *PEERS)
Drained = dict[Variant, str]
KINDS = {
    "sync, 2 workers": ("--worker-class=sync", "--workers=2"),
    "gthread, 8 threads": ("--worker-class=gthread", "--workers=1", "--threads=8"),
}
HEADING = ("", "requests/s", "of plain", "p99 ms", "failed", "drained after s")


def table(kind: str, found: dict[Variant, list[Burst]], longer: Drained) -> Table:
    made = Table(f"Throughput: gunicorn {kind}; wrk -c{wrk.CONNECTIONS}", HEADING)
    plain = [burst.load.rate for burst in found[PLAIN]]
    for variant in sorted(found, key=ORDER.index):
        rates = [burst.load.rate for burst in found[variant]]
        made.add(
            variant.title,
            micros(median(rates), signed=False),
            NOTHING if variant == PLAIN else percent(figures.share(rates, plain)),
            f"{median(b.load.p99_us for b in found[variant]) / 1000:.1f}",
            str(sum(burst.load.errors for burst in found[variant])),
            longer.get(variant, NOTHING),
        )
    made.notes.append(f"{figures.rounds(plain)}. {WHAT_DRAINED_MEANS}")
    return made


def drained(server: Server, seconds: int) -> str:
    """Give the seconds from the end of a longer load until nothing waits."""
    after = burst(server, seconds, wrk.CONNECTIONS, rest=1.0).drained_after
    return "never" if after is None else f"{after:.2f}"


def measure(request: command.Request) -> list[Table]:
    wrk.check()
    variants = [v for v in ORDER if not v.foreign or v in request.peers]
    tables = []
    for kind, options in list(KINDS.items())[: 1 if request.quick else None]:
        folder = request.folder / kind.partition(",")[0]
        folder.mkdir()
        with frozen(variants, folder, *options) as servers:
            if not request.quick:
                warmed(servers, wrk.CONNECTIONS)
            found = by_turns(servers, request.rounds, wrk.CONNECTIONS, rest=1.0)
            ours = [server for server in servers if server.variant.drained]
            seconds = 1 if request.quick else LONGER
            longer = {server.variant: drained(server, seconds) for server in ours}
        tables.append(table(kind, found, longer))
    return tables


if __name__ == "__main__":
    command.run(__doc__, measure, rounds=5)
