"""A group of processes: its processor time, and how it is frozen."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
QUIET = 0.2
"""Seconds without work after which a group is taken to rest."""


class Group:
    """All processes of a process group, those that have ended included."""

    def __init__(self, leader: int) -> None:
        self.leader = leader

    def members(self) -> list[int]:
        return [pid for pid, fields in _stats() if int(fields[2]) == self.leader]

    def children(self) -> list[int]:
        """Give those that the leader has started."""
        return [pid for pid, fields in _stats() if int(fields[1]) == self.leader]

    def cpu_seconds(self) -> float:
        """Add up user and system time; children that were waited for count."""
        ticks = 0
        for _, fields in _stats():
            if int(fields[2]) == self.leader:
                ticks += sum(map(int, fields[11:15]))
        return ticks * TICK

    def freeze(self) -> None:
        os.killpg(self.leader, signal.SIGSTOP)

    def wake(self) -> None:
        os.killpg(self.leader, signal.SIGCONT)

    def rest(self, seconds: float) -> None:
        """Wait until the group works no more, for at most so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            before = self.cpu_seconds()
            time.sleep(QUIET)
            if self.cpu_seconds() - before <= 2 * TICK:
                return


def _stats() -> list[tuple[int, list[str]]]:
    """Read the fields behind the name of each process: state, parent, group, …"""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text(errors="replace")
        except OSError:
            continue  # it has just ended
        found.append((int(path.parent.name), text.rpartition(")")[2].split()))
    return found
