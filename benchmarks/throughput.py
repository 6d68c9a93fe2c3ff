"""How many requests a saturated server answers, as a share of plain Flask's.

    python benchmarks/throughput.py

Gunicorn with two sync workers, and with one gthread worker of eight threads; `wrk` with
16 connections asks for the small JSON view. The servers run all the time, are loaded by
turns, in random order, and are frozen while another is. "Drained beside" is
`"spool": {"drain": False}` with a process of its own that drains.
"""

from __future__ import annotations

from statistics import median

from harness import command, figures, wrk
from harness.bursts import Burst, by_turns
from harness.figures import NOTHING, micros, percent
from harness.servers import frozen
from harness.table import Table
from harness.variants import DRAINED_BESIDE, OURS, PEERS, PLAIN, Variant

SECONDS = 2
KINDS = {
    "sync, 2 workers": ("--worker-class=sync", "--workers=2"),
    "gthread, 8 threads": ("--worker-class=gthread", "--workers=1", "--threads=8"),
}
HEADING = ("", "requests/s", "of plain", "p99 ms", "failed", "drained after s")


def table(kind: str, found: dict[Variant, list[Burst]], order: list[Variant]) -> Table:
    made = Table(f"Throughput: gunicorn {kind}; wrk -c{wrk.CONNECTIONS}", HEADING)
    plain = [burst.load.rate for burst in found[PLAIN]]
    for variant in order:
        bursts = found[variant]
        rates = [burst.load.rate for burst in bursts]
        made.add(
            variant.title,
            micros(median(rates), signed=False),
            NOTHING if variant == PLAIN else percent(figures.share(rates, plain)),
            f"{median(burst.load.p99_us for burst in bursts) / 1000:.1f}",
            str(sum(burst.load.errors for burst in bursts)),
            drained(bursts) if variant.drained else NOTHING,
        )
    made.notes.append(
        f"{len(plain)} rounds. Drained after: from the end of the load until the spool "
        "is empty, the longest of all rounds."
    )
    return made


def drained(bursts: list[Burst]) -> str:
    times = [burst.drained_after for burst in bursts]
    return "never" if None in times else f"{max(filter(None, times), default=0):.2f}"


def measure(request: command.Request) -> list[Table]:
    wrk.check()
    order = [PLAIN, OURS, DRAINED_BESIDE, *request.among(PEERS)]
    tables = []
    kinds = list(KINDS.items())[: 1 if request.quick else None]
    for kind, options in kinds:
        folder = request.folder / kind.partition(",")[0]
        folder.mkdir()
        with frozen(order, folder, *options) as servers:
            seconds = 1 if request.quick else SECONDS
            found = by_turns(servers, request.rounds, seconds, wrk.CONNECTIONS)
        tables.append(table(kind, found, order))
    return tables


if __name__ == "__main__":
    command.run(__doc__, measure, rounds=4)
