from __future__ import annotations

import pytest

from flask_profiler.line.spooled import Spooled
from tests.lines import line, spooled


def names(lines: Spooled) -> list[str]:
    return [measurement.name for measurement in lines]


def test_lines_are_a_sequence_of_measurements() -> None:
    lines = spooled(*[line(str(n)) for n in range(5)])
    assert len(lines) == 5
    assert names(lines) == list("01234")
    assert [lines[0].name, lines[-1].name] == ["0", "4"]
    assert lines[3] in lines
    assert [m.name for m in reversed(lines)] == list("43210")
    with pytest.raises(IndexError):
        lines[5]


def test_of_no_lines_there_is_nothing() -> None:
    assert not Spooled([], [])
    assert list(Spooled([], [])) == []


@pytest.mark.parametrize(
    "cut",
    [slice(2), slice(2, None), slice(1, 4, 2), slice(9, 12), slice(None, None, -1)],
)
def test_a_slice_keeps_each_line_beside_its_facts(cut: slice) -> None:
    lines = spooled(*[line(str(n)) for n in range(5)])
    part = lines[cut]
    assert isinstance(part, Spooled)
    assert names(part) == list("01234"[cut])
    assert part.raws == lines.raws[cut]
    assert names(spooled(*part.raws)) == names(part)


def test_a_measurement_is_the_same_each_time_it_is_looked_at() -> None:
    lines = spooled(line(kwargs={"a": 1}), line(body="b"))
    assert list(lines) == list(lines) == [lines[0], lines[1]]
