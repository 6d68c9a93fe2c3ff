"""The soak for a minute, and the proof that it would notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.soak.gauges import Bound, trend
from tests.soak.soak import Plan, Soak
from tests.soak.verdict import judge

if TYPE_CHECKING:
    from pathlib import Path

FAULTS = """
import copy
import itertools

import msgspec

from flask_profiler.recorder.recorder import Recorder

_record = Recorder.record
_kept_open, _kept = [], []
_count = itertools.count(1)


def record(self, line):
    count = next(_count)
    _kept_open.append(open("/dev/null"))
    _kept.append(b"x" * 500_000)
    if count % 40 == 0:
        return  # lost
    if count % 40 == 10:
        again = copy.copy(line)
        again.count = next(self.counter)
        _record(self, again)  # stored twice
    if count % 40 == 20:
        line.ticks = (*line.ticks[:4], line.ticks[3] + 90 * 10**9)  # too long
    if count % 40 == 30:
        values = list(line.seen.values)
        at = msgspec.json.decode(line.seen.names).index("HTTP_X_SOAK")
        values[at] = "another"
        line.seen.values = tuple(values)
    _record(self, line)


Recorder.record = record
"""


def test_nothing_is_lost_doubled_or_leaked_in_a_minute_of_harm(tmp_path: Path) -> None:
    soak = Soak(Plan(tmp_path, seconds=40.0))
    soak.run()
    verdict = judge(soak)
    assert not verdict.wrong, f"{verdict.text()}\nSee {tmp_path}"
    assert len(soak.books.answered) > 500
    assert soak.killer.killed
    assert soak.killer.terminated
    assert soak.reloader.reloads
    assert soak.locker.held
    assert soak.reader.asked


def test_books_that_dont_balance_are_seen(tmp_path: Path) -> None:
    soak = Soak(Plan(tmp_path, seconds=4.0, harm=False, fault=FAULTS))
    soak.run()
    wrong = judge(soak).wrong
    for said in (
        "was answered and is not stored",
        "is stored 2 times",
        "and the client saw",
        "its context is another's",
        "not flat: spared worker: open files",
        "not flat: spared worker: memory",
    ):
        assert [fault for fault in wrong if said in fault], said


@pytest.mark.parametrize(
    ("values", "flat"),
    [
        ([1, 50, 100, 100, 100, 100, 100, 103, 100], True),
        ([100, 100, 100, 100, 100, 100, 100, 120, 120], False),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90], False),
        ([100, 100, 100, 100, 999, 100, 100, 100, 100], False),
    ],
)
def test_flat_is_a_last_third_no_higher_than_the_middle_one(
    values: list[float], flat: bool
) -> None:
    assert trend("gauge", values, Bound(0.0, 5, 500)).flat is flat
