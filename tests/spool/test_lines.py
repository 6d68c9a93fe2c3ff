from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flask_profiler.line.encode import TOO_DEEP, encode
from flask_profiler.spool import lines as module
from flask_profiler.spool.lines import Batch, take
from flask_profiler.spool.own import OwnSegment
from flask_profiler.spool.segment import HEADER_SIZE, opened
from tests import lines

if TYPE_CHECKING:
    from pathlib import Path


def line(number: int, **values: Any) -> bytes:
    return encode(lines.line(started=number, count=number, **values))


@pytest.fixture
def own(folder: Path) -> OwnSegment:
    folder.mkdir(mode=0o700)
    return OwnSegment(folder)


def taken(folder: Path, own: OwnSegment, offset: int = HEADER_SIZE) -> Batch:
    with opened(folder, own.name) as segment:
        assert segment is not None
        return take(segment, offset)


def numbers(batch: Batch) -> list[int]:
    return [measurement.started_us for measurement in batch.lines]


def test_lines_are_taken_in_batches_from_where_the_last_one_ended(
    folder: Path, own: OwnSegment
) -> None:
    own.write(b"".join(line(n) for n in range(2500)))
    found, sizes, offset = [], [], HEADER_SIZE
    while True:
        batch = taken(folder, own, offset)
        found += numbers(batch)
        sizes.append(len(batch.lines))
        offset = batch.end
        if batch.last:
            break
    assert found == list(range(2500))
    assert sizes == [1000, 1000, 500]
    assert offset == own.size


def test_each_line_is_kept_beside_its_measurement(
    folder: Path, own: OwnSegment
) -> None:
    own.write(line(1))
    (raw,) = taken(folder, own).lines.raws
    assert raw + b"\n" == line(1)


def test_a_torn_line_is_left_while_it_has_an_owner(
    folder: Path, own: OwnSegment
) -> None:
    own.write(line(1) + line(2)[:-9])
    batch = taken(folder, own)
    assert (numbers(batch), batch.torn, batch.last) == ([1], 0, True)
    assert batch.end == HEADER_SIZE + len(line(1))


def test_a_torn_line_is_counted_once_its_owner_is_gone(
    folder: Path, own: OwnSegment
) -> None:
    own.write(line(1) + line(2)[:-9])
    size = own.size
    own.close()
    batch = taken(folder, own)
    assert (numbers(batch), batch.torn, batch.end) == ([1], 1, size)


def test_a_last_line_that_only_lacks_its_newline_is_taken_from_the_dead(
    folder: Path, own: OwnSegment
) -> None:
    own.write(line(1) + line(2)[:-1])
    own.close()
    batch = taken(folder, own)
    assert (numbers(batch), batch.torn) == ([1, 2], 0)


def test_a_torn_line_does_not_take_the_next_one_with_it(
    folder: Path, own: OwnSegment
) -> None:
    own.write(line(1)[:-9] + b"\n" + line(2) + b"\n" + line(3))
    batch = taken(folder, own)
    assert (numbers(batch), batch.torn) == ([2, 3], 1)


def test_a_tail_of_zeros_is_skipped_and_counted_once(
    folder: Path, own: OwnSegment
) -> None:
    own.write(line(1) + bytes(4000))
    size = own.size
    own.close()
    batch = taken(folder, own)
    assert (numbers(batch), batch.torn) == ([1], 1)
    assert (batch.end, batch.last) == (size, True)


def test_a_file_shorter_than_its_mark_is_skipped_and_counted(
    folder: Path, own: OwnSegment
) -> None:
    own.write(line(1))
    size = own.size
    alive = taken(folder, own, size + 50)
    own.close()
    dead = taken(folder, own, size + 50)
    assert (len(alive.lines), alive.torn, alive.last) == (0, 0, True)
    assert (len(dead.lines), dead.torn, dead.last) == (0, 1, True)
    assert dead.end == size


def test_garbage_is_torn_and_json_that_is_no_line_is_strange(
    folder: Path, own: OwnSegment
) -> None:
    future = b'{"v":99,"uid":"x"}'
    wrong = b'{"v":1,"started":5}'
    own.write(b"\xff\xfe{\n" + future + b"\n" + line(1) + wrong + b"\n" + b"{]\n")
    batch = taken(folder, own)
    assert numbers(batch) == [1]
    assert batch.strange == [future, wrong]
    assert batch.torn == 2


def test_a_line_longer_than_what_is_read_at_once_is_taken_whole(
    folder: Path, own: OwnSegment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CHUNK", 64)
    own.write(line(1, body="x" * 5000) + line(2))
    first = taken(folder, own)
    second = taken(folder, own, first.end)
    assert (numbers(first), first.last) == ([1], False)
    assert (numbers(second), second.last) == ([2], True)


def test_a_line_nested_deeply_is_cut_off_below_not_lost(
    folder: Path, own: OwnSegment
) -> None:
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    own.write(line(1, kwargs={"deep": deep, "b": 1}) + b"[" * 100_000 + b"\n")
    batch = taken(folder, own)
    (measurement,) = batch.lines
    assert TOO_DEEP in str(measurement.kwargs["deep"])
    assert measurement.kwargs["b"] == 1
    assert batch.torn == 1


def test_a_file_that_shrinks_while_it_is_read_ends_there(
    folder: Path, own: OwnSegment
) -> None:
    own.write(line(1))
    with opened(folder, own.name) as segment:
        assert segment is not None
        os_size = segment.size
        segment.size += 100
        batch = take(segment, HEADER_SIZE)
    assert (numbers(batch), batch.end) == ([1], os_size)


@pytest.mark.parametrize(
    "place", [b'"h"', b'"name"', b'"a"', b'"?"', b'"text"'], ids=lambda p: p.decode()
)
def test_a_line_with_bytes_that_are_no_text_is_torn_wherever_they_are(
    folder: Path, own: OwnSegment, place: bytes
) -> None:
    """Also in what is passed on as it stands."""
    whole = line(2, name="name", kwargs={"a": 1}, query="?", body="text")
    assert place in whole
    for bad in (b"\xff", b"\xc3", b"\xed\xa0\x80"):
        own.write(line(1) + whole.replace(place, place[:-1] + bad + b'"') + line(3))
    batch = taken(folder, own)
    assert numbers(batch) == [1, 3] * 3
    assert (batch.torn, batch.strange) == (3, [])


def test_text_that_is_not_ascii_is_whole(folder: Path, own: OwnSegment) -> None:
    own.write(line(1, kwargs={"a": "caf\u00e9"}, body="\N{SNOWMAN}") + line(2))
    first, _ = taken(folder, own).lines
    assert (first.kwargs, first.context.body) == ({"a": "caf\u00e9"}, "\N{SNOWMAN}")


@pytest.mark.parametrize(
    "values",
    [
        {"route": ["GET", "/"]},
        {"route": {"name": "/"}},
        {"process": [1, "h", "no number"]},
        {"process": ["1", "h", "0123456789"]},
        {"ticks": [1, 2, 3]},
        {"started": None},
    ],
    ids=str,
)
def test_a_line_whose_facts_are_of_the_wrong_type_is_strange(
    folder: Path, own: OwnSegment, values: dict[str, object]
) -> None:
    wrong = lines.damaged(**values)
    own.write(line(1) + wrong + b"\n" + line(2))
    batch = taken(folder, own)
    assert (numbers(batch), batch.strange, batch.torn) == ([1, 2], [wrong], 0)


def test_a_bad_line_among_many_costs_none_of_the_others(
    folder: Path, own: OwnSegment
) -> None:
    bad = {0, 49, 50, 120, 199}
    written = [b"{torn\n" if n in bad else line(n) for n in range(200)]
    own.write(b"".join(written))
    batch = taken(folder, own)
    assert numbers(batch) == [n for n in range(200) if n not in bad]
    assert batch.torn == len(bad)
    assert [raw + b"\n" for raw in batch.lines.raws] == [
        written[n] for n in range(200) if n not in bad
    ]


def test_no_more_lines_are_taken_than_wanted(folder: Path, own: OwnSegment) -> None:
    own.write(b"".join(line(n) for n in range(10)))
    with opened(folder, own.name) as segment:
        assert segment is not None
        batch = take(segment, HEADER_SIZE, 4)
    assert (numbers(batch), batch.last) == ([0, 1, 2, 3], False)
