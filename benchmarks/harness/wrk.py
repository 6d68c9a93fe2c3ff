"""Load from `wrk`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS = 16


@dataclass(frozen=True)
class Load:
    """What came of some seconds of load."""

    requests: int
    seconds: float
    p99_us: int
    errors: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def check() -> None:
    """Leave with the cure if there is no `wrk`."""
    if shutil.which("wrk") is None:
        sys.exit(
            "This benchmark needs wrk, which makes the load. "
            "Debian and Ubuntu have it: apt-get install wrk"
        )


def load(port: int, seconds: int, connections: int = CONNECTIONS) -> Load:
    """Send requests as fast as they are answered."""
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"]
    done = subprocess.run(
        ["wrk", *options, "-s", str(SCRIPT), f"http://127.0.0.1:{port}/"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return Load(found["requests"], found["us"] / 1e6, found["p99"], found["errors"])
