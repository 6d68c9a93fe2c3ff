"""Readers: the real command, asked while the server works and comes to harm."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.soak.books import Books

FLASK = str(Path(sys.executable).with_name("flask"))
DATABASE = "store.sql"
_WAITING = re.compile(
    r"^([\d,]+) measurements? still waits? in the spool", re.MULTILINE
)
_UNKNOWN = "can't be counted"


def command(*arguments: str) -> list[str]:
    """Give the command line of a question about the whole store."""
    return [FLASK, "profiler", *arguments, "--db", DATABASE, "--since", "all"]


def summary(folder: Path) -> list[dict[str, Any]]:
    """Ask for the summary."""
    done = _asked(folder, "summary", "--json")
    if done.returncode != 0:
        raise RuntimeError(f"summary: exit {done.returncode}: {done.stderr}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def rows(folder: Path) -> Iterator[str]:
    """Ask for every measurement, one line of JSON each."""
    asked = command("list", "-n", "all", "--format", "ndjson")
    with (folder / "list.err").open("w") as err:
        process = subprocess.Popen(
            asked, cwd=folder, stdout=subprocess.PIPE, stderr=err, text=True
        )
    assert process.stdout
    with process.stdout:
        yield from process.stdout
    if process.wait() != 0:
        raise RuntimeError(f"list: exit {process.returncode}: see {folder}/list.err")


@dataclass
class Reader:
    """Asks for a summary or a list; sometimes it is killed while it drains."""

    folder: Path
    books: Books
    asked: int = 0
    killed: int = 0
    wrong: list[str] = field(default_factory=list)

    def once(self, rng: random.Random) -> None:
        self.asked += 1
        chosen = rng.random()
        if chosen < 0.2:
            self._be_killed(rng.uniform(0.1, 1.5))
        elif chosen < 0.7:
            self._summary()
        else:
            done = _asked(self.folder, "list", "--json", "-n", "20", "-s", "-elapsed")
            self._well(done)

    def _be_killed(self, seconds: float) -> None:
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(
            command("summary"), cwd=self.folder, stdout=quiet, stderr=quiet
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.killed += 1

    def _summary(self) -> None:
        answered = len(self.books.answered)
        done = _asked(self.folder, "summary", "--json")
        groups = self._well(done)
        if groups is None or _UNKNOWN in done.stderr:
            return
        stored = sum(group["count"] for group in groups)
        told = _WAITING.search(done.stderr)
        waiting = int(told[1].replace(",", "")) if told else 0
        if stored + waiting < answered or stored > self.books.sent:
            self.wrong.append(
                f"reader {self.asked}: {stored} stored and {waiting} waiting, where "
                f"{answered} were answered and {self.books.sent} sent"
            )

    def _well(self, done: subprocess.CompletedProcess[str]) -> Any:
        try:
            assert done.returncode == 0
            return json.loads(done.stdout)
        except (AssertionError, ValueError):
            said = f"exit {done.returncode}: {done.stderr[-300:]!r}"
            self.wrong.append(f"reader {self.asked}: {said}")
            return None


def _asked(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
