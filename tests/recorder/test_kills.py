"""Killed anywhere, nothing is lost and nothing comes twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from ledgers import Ledger, Spool

from flask_profiler.recorder import Drainer
from flask_profiler.recorder.drain import Drainer as DrainModule
from flask_profiler.spool import segment as segments
from flask_profiler.spool.own import OwnSegment
from flask_profiler.spool.segment import Segment

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def in_child(action: Callable[[], object]) -> int:
    """Run something in a forked process; give the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        try:
            action()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def killed(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def after(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        killed()

    return wrapped


MOMENTS: dict[str, tuple[Any, str, bool]] = {
    "before the insert": (DrainModule, "_deposit", False),
    "after the insert, before the commit": (DrainModule, "_deposit", True),
    "after the commit, before the header": (Segment, "note_drained", False),
    "after the header": (Segment, "note_drained", True),
    "before the unlink": (DrainModule, "_retire", False),
    "after the unlink": (DrainModule, "_retire", True),
    "before the mark is forgotten": (Ledger, "forget", False),
    "after the mark was forgotten": (Ledger, "forget", True),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_drainer_that_is_killed_loses_and_doubles_nothing(
    spool: Spool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    names = [str(number) for number in range(1500)]
    spool.append(*names)
    spool.writer.close()
    owner, attribute, late = MOMENTS[moment]
    drainer = Drainer(spool.folder, Ledger(ledger.path))
    with monkeypatch.context() as patch:
        deadly = after(getattr(owner, attribute)) if late else killed
        patch.setattr(owner, attribute, deadly)
        assert in_child(drainer.run) == signal.SIGKILL
    spool.drain(ledger)
    second = Drainer(spool.folder, ledger)
    second.tidy()
    assert ledger.names() == names
    assert spool.segments() == []
    assert list(ledger.marked()) == []


def test_between_unlink_and_forget_a_kill_leaves_no_lines_to_come_twice(
    spool: Spool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is commit, unlink, forget; with forget first this doubles."""
    spool.append("a")
    spool.writer.close()
    order: list[str] = []
    retire, forget = Drainer._retire, Ledger.forget
    commit = Segment.note_drained

    def note(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any) -> Any:
            order.append(name)
            return function(*args)

        return wrapped

    monkeypatch.setattr(Drainer, "_retire", note("unlink", retire))
    monkeypatch.setattr(Ledger, "forget", note("forget", forget))
    monkeypatch.setattr(Segment, "note_drained", note("committed", commit))
    spool.drain(ledger)
    assert order == ["committed", "unlink", "forget"]


def test_a_writer_that_is_killed_right_after_a_line_loses_nothing(
    spool: Spool, any_store: Ledger
) -> None:
    def live() -> None:
        spool.append("a", "b")
        killed()

    assert in_child(live) == signal.SIGKILL
    assert spool.drain(any_store) == 2
    assert any_store.names() == ["a", "b"]
    assert spool.segments() == []


def test_a_writer_that_is_killed_while_it_makes_a_segment_is_no_harm(
    spool: Spool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(segments, "write_all", killed)
        assert in_child(lambda: spool.append("a")) == signal.SIGKILL
    spool.append("b")
    spool.drain(ledger)
    assert ledger.names() == ["b"]
    (hidden,) = spool.folder.glob(".segment*")
    os.utime(hidden, (1, 1))
    Drainer(spool.folder, ledger).tidy()
    assert not hidden.exists()


def test_a_line_cut_off_by_a_kill_is_torn_and_its_neighbours_are_drained(
    spool: Spool, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = OwnSegment.write

    def cut_off(own: OwnSegment, line: bytes) -> bool:
        write(own, line[:30])
        killed()
        return True

    def live() -> None:
        spool.append("a")
        OwnSegment.write = cut_off  # type: ignore[method-assign]
        spool.append("b")

    assert in_child(live) == signal.SIGKILL
    spool.append("c")
    spool.drain(ledger)
    assert sorted(ledger.names()) == ["a", "c"]
