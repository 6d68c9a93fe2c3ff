"""What a reader must know to repeat the figures: the machine and the versions."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path

from harness.environments import BENCHMARKS

PINNED = re.compile(r"^([\w.-]+)==([\w.]+)$", re.MULTILINE)
OURS = ("flask", "werkzeug", "gunicorn", "msgspec")


def described(load_before: float) -> list[str]:
    """Give the lines above the tables."""
    now = dt.datetime.now(dt.UTC)
    load = f"load average {load_before:.2f} before, {os.getloadavg()[0]:.2f} after"
    system = f"{platform.system()} {platform.release()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{_processor()}, {os.cpu_count()} cores, {_memory()}; {system}; {load}"
    versions = f"{python}, SQLite {sqlite3.sqlite_version}, {_versions()}, {_wrk()}"
    return [
        f"Measured on {now:%Y-%m-%d} by `make bench`.",
        "",
        f"- Machine: {machine}.",
        f"- Versions: {versions}.",
        f"- Peers: {', '.join(_peers())}.",
    ]


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB"


def _versions() -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in OURS)


def _wrk() -> str:
    done = subprocess.run(
        ["wrk", "--version"], check=False, capture_output=True, text=True
    )
    return " ".join((done.stdout or done.stderr).split()[:2])


def _peers() -> list[str]:
    """Name the first package of each peer's file."""
    found = []
    for path in sorted(BENCHMARKS.glob("peers/*.txt")):
        package = PINNED.search(path.read_text())
        assert package, path
        found.append(f"{package[1]} {package[2]}")
    return found
