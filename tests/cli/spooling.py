"""A spool with lines in it, as a worker leaves it."""

from __future__ import annotations

from pathlib import Path

from population import NOW_US

from flask_profiler.clock import US
from flask_profiler.line.encode import encode
from flask_profiler.spool.writer import Writer
from tests.lines import line


def spooled(
    folder: Path, count: int = 1, *, age: float = 0.0, name: str = "/spooled"
) -> Writer:
    """Write lines that came `age` seconds before `NOW_US`; give the open writer."""
    started_us = NOW_US - round(age * US) - 1
    writer = Writer(folder, 1_000_000_000)
    for _ in range(count):
        assert writer.append(encode(line(name, started=started_us)))
    return writer
