from __future__ import annotations

import pytest

from flask_profiler.recorder import pace as module
from flask_profiler.recorder.pace import FULL, Polite

MS = 1_000_000


class Clocks:
    """What a drain and the rest of its process have used, in milliseconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall = self.ours = self.theirs = 0
        self.waits: list[float] = []
        time = module.time
        monkeypatch.setattr(module, "tick_ns", lambda: self.wall * MS)
        monkeypatch.setattr(time, "thread_time_ns", lambda: self.ours * MS)
        total = lambda: (self.ours + self.theirs) * MS  # noqa: E731
        monkeypatch.setattr(time, "process_time_ns", total)

    def work(self, wall: int, ours: int, theirs: int) -> None:
        self.wall += wall
        self.ours += ours
        self.theirs += theirs


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


def test_while_the_application_computes_a_drain_takes_a_tenth_of_the_time(
    clocks: Clocks,
) -> None:
    polite = Polite(clocks.waits.append)
    clocks.work(wall=10, ours=5, theirs=10)
    polite.rest()
    clocks.work(wall=20, ours=5, theirs=10)
    polite.rest()
    assert clocks.waits == pytest.approx([0.050, 0.025], rel=0.05)


def test_an_application_at_rest_is_not_waited_for(clocks: Clocks) -> None:
    polite = Polite(clocks.waits.append)
    clocks.work(wall=10, ours=10, theirs=0)
    polite.rest()
    assert clocks.waits == []


def test_what_others_did_during_a_pause_counts_for_nobody(clocks: Clocks) -> None:
    polite = Polite(lambda seconds: clocks.work(int(seconds * 1000), 0, 1000))
    clocks.work(wall=10, ours=1, theirs=10)
    polite.rest()
    clocks.work(wall=10, ours=10, theirs=0)
    before = clocks.wall
    polite.rest()
    assert clocks.wall == before


def test_a_drain_that_does_not_come_to_an_end_hurries(clocks: Clocks) -> None:
    """Else the spool of a process that is always busy would fill up."""
    polite = Polite(clocks.waits.append)
    clocks.work(wall=9_000, ours=0, theirs=9_000)
    polite.rest()
    clocks.work(wall=10, ours=5, theirs=10)
    polite.rest()
    assert clocks.waits[-1] == pytest.approx(0.005, rel=0.05)


def test_no_pause_is_long(clocks: Clocks) -> None:
    polite = Polite(clocks.waits.append)
    clocks.work(wall=100, ours=1000, theirs=100)
    polite.rest()
    assert clocks.waits == [0.2]


def test_in_a_process_of_its_own_a_drain_does_not_wait() -> None:
    assert FULL.lines > Polite.lines
    FULL.rest()
