"""What the commands have in common: options in, tables out."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.table import Table
from harness.variants import PEERS, Variant


@dataclass(frozen=True)
class Request:
    """What a benchmark is asked to do, and where it may write."""

    folder: Path
    rounds: int
    quick: bool
    pinned: bool
    peers: tuple[Variant, ...]

    def among(self, variants: tuple[Variant, ...]) -> list[Variant]:
        """Give the peers among those that were asked for."""
        return [variant for variant in variants if variant in self.peers]


Measure = Callable[[Request], list[Table]]


def run(description: str, measure: Measure, *, rounds: int) -> None:
    """Read the options, measure, and print the tables."""
    options = _parser(description, rounds).parse_args()
    # So that whoever ends us leaves no server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    peers = () if options.quick or options.no_peers else PEERS
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        tables = measure(
            Request(
                folder=Path(name),
                rounds=1 if options.quick else options.rounds,
                quick=options.quick,
                pinned=options.pin,
                peers=peers,
            )
        )
    if options.json:
        print(json.dumps([asdict(table) for table in tables]))
    else:
        print("\n\n".join(table.text() for table in tables))


def _parser(description: str, rounds: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for option, meaning in {
        "--quick": "a few requests, this profiler and plain Flask only",
        "--no-peers": "this profiler and plain Flask only",
        "--pin": "keep each measured process on one core",
        "--json": "print the tables as JSON",
    }.items():
        parser.add_argument(option, action="store_true", help=meaning)
    parser.add_argument("--rounds", type=int, default=rounds, help=f"default: {rounds}")
    return parser
