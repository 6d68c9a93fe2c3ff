"""The processes that answer blocks of requests, frozen while it isn't their turn."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from harness.environments import environment_of, python_of
from harness.variants import Variant

UNBOUNDED = 10**9


class Block:
    """The times of the requests of one block, in microseconds."""

    def __init__(self, answered: dict[str, Any]) -> None:
        self.us = [ns / 1000 for ns in answered["ns"]]
        self.median = median(self.us)
        self.p99 = quantiles(self.us, n=100)[98] if len(self.us) > 1 else self.median
        self.least = min(self.us)
        self.cpu_us = answered["cpu_ns"] / 1000 / len(self.us)
        """Processor time a request, all threads, and the making of the request."""


class Asked:
    """A process with one variant of the application."""

    def __init__(self, variant: Variant, folder: Path, *, pinned: bool = False) -> None:
        self.variant, self.folder = variant, folder
        folder.mkdir(exist_ok=True)
        self._log = (folder / "log").open("a")
        self._process = subprocess.Popen(
            [python_of(variant), "-m", "harness.asked"],
            cwd=folder,
            env=environment_of(variant) | variant_in_environment(variant),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        if pinned:
            os.sched_setaffinity(self._process.pid, {max(os.sched_getaffinity(0))})

    def block(
        self, scenario: str, *, seconds: float = 60.0, count: int = UNBOUNDED
    ) -> Block:
        """Wake the process for a block of requests."""
        assert self._process.stdin and self._process.stdout
        self._process.send_signal(signal.SIGCONT)
        asked = {"scenario": scenario, "seconds": seconds, "count": count}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answered = self._process.stdout.readline()
        self._process.send_signal(signal.SIGSTOP)
        if not answered:
            log = (self.folder / "log").read_text()[-2000:]
            raise RuntimeError(f"{self.variant.title} ended:\n{log}")
        return Block(json.loads(answered))

    def close(self) -> None:
        """Let the process come to its end, as at the end of a server."""
        self._process.send_signal(signal.SIGCONT)
        self._process.communicate(timeout=60)
        self._log.close()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._log.close()


def variant_in_environment(variant: Variant) -> dict[str, str]:
    return {
        "BENCHMARK_PEER": variant.peer,
        "BENCHMARK_OPTIONS": json.dumps(variant.options),
    }


@contextmanager
def asked(
    variants: list[Variant], folder: Path, *, pinned: bool = False
) -> Iterator[dict[Variant, Asked]]:
    """Start a process for each variant, with a folder of its own; kill them after."""
    running: dict[Variant, Asked] = {}
    try:
        for number, variant in enumerate(variants):
            place = folder / f"{number}-{variant.peer}"
            running[variant] = Asked(variant, place, pinned=pinned)
        yield running
    finally:
        for process in running.values():
            process.kill()
