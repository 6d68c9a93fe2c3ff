"""Run a soak, say how it goes, and end with a table; exit 1 if anything is wrong."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.soak import Plan, Soak
from tests.soak.verdict import judge


def main() -> int:
    """Run it as the command line says."""
    plan = _plan()
    say(f"seed {plan.seed}, {plan.seconds:.0f} s, in {plan.folder}\n")
    status = Status()
    soak = Soak(plan)
    try:
        soak.run(status.show)
    except KeyboardInterrupt:
        say(f"\nInterrupted; see {plan.folder}\n")
        return 130
    status.show(f"{soak.took:4.0f} s  {soak.status()}, now the audit")
    verdict = judge(soak)
    say(f"\n\n{verdict.text()}\n")
    if verdict.wrong:
        say(f"\nSee {plan.folder}\n")
        (plan.folder / "verdict.txt").write_text("\n".join(verdict.wrong) + "\n")
        return 1
    shutil.rmtree(plan.folder)
    return 0


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--rate", type=float, default=Plan.rate, help="requests/s")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    return Plan(folder, asked.seconds, asked.seed, asked.rate)


def say(text: str) -> None:
    """Write to stdout at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


class Status:
    """One line that is written again and again, or now and then one for a log."""

    def __init__(self) -> None:
        self._next = 0.0

    def show(self, text: str) -> None:
        """Show a line."""
        if sys.stdout.isatty():
            say(f"\r{text}\x1b[K")
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + 30.0
            say(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
