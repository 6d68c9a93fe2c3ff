"""Gunicorn with one variant of the application."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from flask_profiler.recorder.outcome import waiting_in
from harness.asking import variant_in_environment
from harness.environments import environment_of, python_of
from harness.places import SPOOL
from harness.processes import Group
from harness.variants import Variant

SYNC = ("--worker-class=sync",)
STARTS_WITHIN = 30.0


class Server:
    """A running server; it works only while it is awake."""

    def __init__(self, variant: Variant, folder: Path, *options: str) -> None:
        self.variant, self.folder = variant, folder
        folder.mkdir(exist_ok=True)
        self._environment = environment_of(variant) | variant_in_environment(variant)
        self._python = python_of(variant)
        self._log = (folder / "log").open("a")
        if variant.alone_first:
            self._run("-c", "from harness.application import create; create()").wait()
        # A worker that was frozen must not be taken for one that hangs.
        self._process = self._run(
            *("-m", "gunicorn", "harness.application:create()", *options),
            *("--bind=127.0.0.1:0", "--timeout=0", "--no-control-socket"),
            group=0,
        )
        self.group = Group(self._process.pid)
        if variant.beside:
            self._beside = self._run(*drain_command(), group=self.group.leader)

    def _run(self, *arguments: str, group: int | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self._python, *arguments],
            cwd=self.folder,
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
            text=True,
            process_group=group,
        )

    @cached_property
    def port(self) -> int:
        """Where it listens; waits until it does."""
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end:
            text = (self.folder / "log").read_text()
            if found := re.search(r"Listening at: .*:(\d+)", text):
                return int(found[1])
            time.sleep(0.02)
        raise RuntimeError(f"{self.variant.title} doesn't start:\n{text[-2000:]}")

    def until_ready(self) -> None:
        """Wait until it answers, and its workers have nothing left to load."""
        place = f"http://127.0.0.1:{self.port}/product/1"
        with urllib.request.urlopen(place, timeout=STARTS_WITHIN) as answer:
            answer.read()
        self.group.rest(STARTS_WITHIN)

    def waiting(self) -> int:
        """Count the measurements that wait in our spool."""
        return waiting_in(self.folder / SPOOL) or 0

    def until_drained(self, seconds: float) -> float | None:
        """Give the seconds until nothing waits; `None` if it takes longer."""
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            if not self.waiting():
                return time.monotonic() - began
            time.sleep(0.02)
        return None

    def stop(self, seconds: float = 20.0) -> None:
        """End it in good order; kill what doesn't end in time."""
        self.group.wake()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.kill()

    def kill(self) -> None:
        if self.group.members():
            os.killpg(self.group.leader, signal.SIGKILL)
        self._process.wait()
        if self.variant.beside:
            self._beside.wait()
        self._log.close()


def drain_command() -> tuple[str, ...]:
    """Give the arguments of a process that drains beside the server."""
    application = ("--app", "harness.application:create")
    return ("-m", "flask", *application, "profiler", "drain", "--watch", "--quiet")


@contextmanager
def frozen(
    variants: list[Variant], folder: Path, *options: str
) -> Iterator[list[Server]]:
    """Start a server for each variant, and freeze it; kill them after."""
    servers: list[Server] = []
    try:
        for number, variant in enumerate(variants):
            place = folder / f"{number}-{variant.peer}"
            servers.append(Server(variant, place, *options))
        for server in servers:
            server.until_ready()
            server.group.freeze()
        yield servers
    finally:
        for server in servers:
            server.kill()
