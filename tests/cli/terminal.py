"""A terminal as a person has it: a pty, with pyte for the eyes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pyte
from click.testing import Result
from population import NOW_US

Run: TypeAlias = Callable[..., Result]
Fill: TypeAlias = Callable[..., Path]

_FLASK = f"""
import flask_profiler.clock as clock
clock.wall_ns = lambda: {NOW_US * 1000}
from flask.cli import main
main()
"""
_SECONDS = 60


@dataclass
class Shown:
    """What a command left on the screen."""

    screen: pyte.Screen
    raw: bytes
    code: int

    @property
    def lines(self) -> list[str]:
        """Give the lines, without blanks at their ends and empty ones at the end."""
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines


class Terminal:
    """Type commands, and look at the screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def type(
        self, *args: str, columns: int = 80, lines: int = 60, **environ: str
    ) -> Shown:
        """Run `flask …` at the fixed time and wait until it has ended."""
        master, slave = pty.openpty()
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        process = subprocess.Popen(
            [sys.executable, "-c", _FLASK, *args],
            stdin=slave, stdout=slave, stderr=slave, cwd=self.folder,
            env=_environ(environ), close_fds=True,
        )  # fmt: skip
        os.close(slave)
        raw = _read(master, process)
        screen = pyte.Screen(columns, lines)
        pyte.ByteStream(screen).feed(raw)
        return Shown(screen, raw, process.wait(_SECONDS))


def _environ(extra: dict[str, str]) -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "FLASK_APP"}
    }
    return {**kept, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **extra}


def _read(master: int, process: subprocess.Popen[bytes]) -> bytes:
    raw, deadline = b"", time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        ready, _, _ = select.select([master], [], [], 0.2)
        if not ready and process.poll() is not None:
            break
        if ready:
            try:
                piece = os.read(master, 65536)
            except OSError:  # Linux: the other side is closed
                break
            if not piece:
                break
            raw += piece
    os.close(master)
    return raw
