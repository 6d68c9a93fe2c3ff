"""How fast the spool is drained into SQLite, and what a measurement takes on disk.

    python benchmarks/drain.py

Small GETs with 12 headers, of which 3 differ each time, from 200 user agents, as the
application has spooled them. One process drains them into a new database, with all its
indexes; a bare `executemany` of four figures a row, without any context, follows in the
same process. The peers that store answer the same requests; sizes are those of their
files after a regular end.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from harness import backlog, command, figures, stores
from harness.asking import Asked
from harness.environments import environment_of, python_of
from harness.figures import NOTHING, micros
from harness.table import Table
from harness.variants import OURS, STORING

LINES = 20_000
REQUESTS = 3_000
"""Of each peer: they take a millisecond and more for one."""
SMALL = "small JSON view"
RATES = ("", "measurements/s", "ours takes, times")
BYTES = ("", "bytes a measurement", "with its context")


def drained(spool: Path, folder: Path) -> dict[str, Any]:
    """Drain a copy of a spool in a process of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    backlog.laid(spool, folder)
    done = subprocess.run(
        [python_of(OURS), "-m", "harness.draining"],
        check=True,
        cwd=folder,
        env=environment_of(OURS),
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    if found["drained"] != found["stored"]:
        sys.exit(f"Stored is not what was drained: {found}")
    return found


def rates(found: list[dict[str, Any]]) -> Table:
    made = Table("Draining into SQLite, one process", RATES)
    made.add("this, 12 headers", *_rate(found, "seconds"))
    made.add("bare executemany, no index", *_rate(found, "bare"))
    made.add("bare executemany, three indexes", *_rate(found, "indexed"))
    each = f"{found[0]['drained']:,} measurements each"
    made.notes.append(f"{figures.rounds(found)}, {each}.")
    return made


def _rate(found: list[dict[str, Any]], key: str) -> tuple[str, str]:
    rate = median(one["drained"] / one[key] for one in found)
    times = median(one["seconds"] / one[key] for one in found)
    shown = NOTHING if key == "seconds" else f"{times:.1f}"
    return micros(rate, signed=False), shown


def sizes(request: command.Request, folder: Path, stored: int) -> Table:
    made = Table("Bytes on disk, small GET", BYTES)
    made.add(
        OURS.title, micros(stores.bytes_of(OURS, folder) / stored, signed=False), "yes"
    )
    for variant in request.among(STORING):
        place = request.folder / variant.peer
        process = Asked(variant, place)
        process.block(SMALL, count=REQUESTS)
        process.close()
        size = stores.bytes_of(variant, place) / stores.count(variant, place)
        keeps = "no" if variant == STORING[1] else "yes"
        made.add(variant.title, micros(size, signed=False), keeps)
    answered = f"{REQUESTS:,} requests to each peer"
    made.notes.append(f"{stored:,} measurements of ours, {answered}.")
    return made


def measure(request: command.Request) -> list[Table]:
    lines = 500 if request.quick else LINES
    spool = backlog.made(request.folder / "waiting", lines)
    folder = request.folder / "drained"
    found = [drained(spool, folder) for _ in range(request.rounds)]
    return [rates(found), sizes(request, folder, found[-1]["stored"])]


if __name__ == "__main__":
    command.run(__doc__, measure, rounds=5)
