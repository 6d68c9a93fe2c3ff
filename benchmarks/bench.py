"""Run all benchmarks, and put their tables into docs/benchmarks.md.

    python benchmarks/bench.py [--output FILE] [--only NAME] [OPTIONS OF THE BENCHMARKS]

Nothing is written unless all have run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from harness import wrk
from harness.environments import BENCHMARKS, ROOT
from harness.machine import described
from harness.table import Table

COMMANDS = ("added", "throughput", "cpu", "drain", "lost")
BUSY = 0.5
"""Load a core before the start, above which the figures are worth little."""
BEGIN, END = "<!-- begin of what make bench writes -->\n", "<!-- end -->\n"


def tables_of(name: str, options: list[str]) -> list[Table]:
    """Run one benchmark; show its tables and give them."""
    began = time.monotonic()
    tables = [Table(**fields) for fields in json.loads(output_of(name, options))]
    print("\n\n".join(table.text() for table in tables), end="\n\n")
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return tables


def output_of(name: str, options: list[str]) -> str:
    """Run one benchmark; ended early, it is given time to end its servers."""
    running = subprocess.Popen(
        [sys.executable, str(BENCHMARKS / f"{name}.py"), "--json", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        output, _ = running.communicate()
    finally:
        running.terminate()
        running.wait()
    if running.returncode:
        sys.exit(f"benchmarks/{name}.py failed; nothing is written.")
    return output


def put(page: Path, lines: list[str], tables: list[Table]) -> None:
    """Replace what stands between the marks of the page."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"{page} lacks the marks {BEGIN.strip()} and {END.strip()}")
    parts = ["\n".join(lines), *(table.markdown() for table in tables)]
    page.write_text(f"{before}{BEGIN}\n" + "\n\n".join(parts) + f"\n\n{END}{after}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    page = ROOT / "docs" / "benchmarks.md"
    parser.add_argument("--output", type=Path, default=page)
    parser.add_argument("--only", choices=COMMANDS, action="append")
    known, others = parser.parse_known_args()
    wrk.check()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    load = os.getloadavg()[0]
    if load > BUSY * (os.cpu_count() or 1):
        print(
            f"The machine is busy (load {load:.1f}): the figures will be worth little.",
            file=sys.stderr,
        )
    tables = [
        table for name in known.only or COMMANDS for table in tables_of(name, others)
    ]
    put(known.output, described(load), tables)


if __name__ == "__main__":
    main()
