"""What a request pays, in process: this profiler, its peers, and plain Flask.

    python benchmarks/added.py

Each variant is a process with the same application. They are asked by turns, in random
order, for a block of requests, and are frozen while another is asked. A round is a
block of each; what is compared stands in the same round, and the tables show medians of
all rounds. With a backlog, the process is new in each round, and 100,000 measurements
wait in its spool when it starts.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections import defaultdict
from statistics import median

from harness import backlog, command, figures
from harness.asking import Asked, Block, asked
from harness.figures import micros, percent
from harness.table import Table
from harness.variants import NOT_DRAINING, OURS, PEERS, PLAIN, WITH_BACKLOG, Variant
from traffic import SCENARIOS

SECONDS = 0.2
WAITING = 100_000
HEADING = (
    *("", "median µs", "added µs", "of plain"),
    *("least, added µs", "p99 added µs", "CPU added µs"),
)

Blocks = dict[str, dict[Variant, list[Block]]]


class Rounds:
    """Blocks of all variants in all scenarios."""

    def __init__(self, request: command.Request) -> None:
        self._request = request
        self._seconds = 0.02 if request.quick else SECONDS
        self._scenarios = list(SCENARIOS)[: 2 if request.quick else None]
        self._waiting = backlog.made(
            request.folder / "waiting", 300 if request.quick else WAITING
        )
        self.blocks: Blocks = defaultdict(lambda: defaultdict(list))

    def measure(self) -> Blocks:
        lasting = [PLAIN, NOT_DRAINING, OURS, *self._request.among(PEERS)]
        pinned = self._request.pinned
        with asked(lasting, self._request.folder, pinned=pinned) as running:
            for process in running.values():
                for scenario in self._scenarios:
                    process.block(scenario, seconds=self._seconds)
            for number in range(self._request.rounds):
                print(f"\rround {number + 1}", end="", file=sys.stderr, flush=True)
                self._round({**running, WITH_BACKLOG: self._with_backlog()})
        print(file=sys.stderr)
        return self.blocks

    def _with_backlog(self) -> Asked:
        folder = self._request.folder / "backlog"
        backlog.laid(self._waiting, folder)
        return Asked(WITH_BACKLOG, folder, pinned=self._request.pinned)

    def _round(self, running: dict[Variant, Asked]) -> None:
        try:
            for scenario in self._scenarios:
                order = list(running)
                random.shuffle(order)
                for variant in order:
                    block = running[variant].block(scenario, seconds=self._seconds)
                    self.blocks[scenario][variant].append(block)
        finally:
            running[WITH_BACKLOG].kill()
            shutil.rmtree(running[WITH_BACKLOG].folder)


def table(scenario: str, blocks: dict[Variant, list[Block]]) -> Table:
    made = Table(f"Added to a request: {scenario}", HEADING)
    plain = blocks.pop(PLAIN)
    middle = micros(median(block.median for block in plain), signed=False)
    made.add(PLAIN.title, middle, *(figures.NOTHING,) * 5)
    for variant, ours in blocks.items():
        made.add(variant.title, *compared(ours, plain, variant))
    p99 = micros(median(block.p99 for block in plain), signed=False)
    made.notes.append(f"{figures.rounds(plain)}. The p99 of plain Flask: {p99} µs.")
    return made


def compared(
    ours: list[Block], plain: list[Block], variant: Variant
) -> tuple[str, ...]:
    """Give the cells of a variant. A backlog's processor time isn't the requests'."""
    medians, of_plain = [b.median for b in ours], [b.median for b in plain]
    added = figures.added(medians, of_plain)
    cpu = figures.added([b.cpu_us for b in ours], [b.cpu_us for b in plain])
    return (
        micros(median(medians), signed=False),
        micros(added),
        percent(added / median(of_plain)),
        micros(min(b.least for b in ours) - min(b.least for b in plain)),
        micros(figures.added([b.p99 for b in ours], [b.p99 for b in plain])),
        figures.NOTHING if variant.backlog else micros(cpu),
    )


def measure(request: command.Request) -> list[Table]:
    found = Rounds(request).measure()
    order = [PLAIN, OURS, NOT_DRAINING, WITH_BACKLOG, *request.among(PEERS)]
    return [
        table(scenario, {variant: blocks[variant] for variant in order})
        for scenario, blocks in found.items()
    ]


if __name__ == "__main__":
    command.run(__doc__, measure, rounds=12)
