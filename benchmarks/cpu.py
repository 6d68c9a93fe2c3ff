"""How much processor time a request costs, draining included.

    python benchmarks/cpu.py

Gunicorn with one sync worker, asked by `wrk` over four connections for the small JSON
view. User and system time of all the server's processes, until its spool is empty and
it rests, over the number of requests. The servers are loaded by turns, in random order,
and are frozen while another is.
"""

from __future__ import annotations

from statistics import median

from harness import command, figures, wrk
from harness.bursts import by_turns, warmed
from harness.figures import NOTHING, micros, percent
from harness.servers import frozen
from harness.table import Table
from harness.variants import DRAINED_BESIDE, NOT_DRAINING, OURS, PEERS, PLAIN

CONNECTIONS = 4
HEADING = ("", "CPU µs a request", "added µs", "of plain")


def measure(request: command.Request) -> list[Table]:
    wrk.check()
    order = [PLAIN, OURS, DRAINED_BESIDE, NOT_DRAINING, *request.among(PEERS)]
    with frozen(order, request.folder, "--workers=1") as servers:
        if not request.quick:
            warmed(servers, CONNECTIONS)
        found = by_turns(servers, request.rounds, CONNECTIONS, rest=5.0)
    made = Table("Processor time a request", HEADING)
    plain = [burst.cpu_us for burst in found[PLAIN]]
    for variant in order:
        spent = [burst.cpu_us for burst in found[variant]]
        first = variant == PLAIN
        made.add(
            variant.title,
            micros(median(spent), signed=False),
            NOTHING if first else micros(figures.added(spent, plain)),
            NOTHING if first else percent(figures.share(spent, plain) - 1),
        )
    made.notes.append(f"{figures.rounds(plain)}.")
    return [made]


if __name__ == "__main__":
    command.run(__doc__, measure, rounds=8)
