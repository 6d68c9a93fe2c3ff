"""A line cut at every byte, and whatever else may stand in a spool file."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import msgspec
import pytest

from flask_profiler.line.encode import encode
from flask_profiler.query import Filter
from flask_profiler.recorder import drain_for_reader
from flask_profiler.spool import counters, rejected
from flask_profiler.spool import segment as segments
from flask_profiler.spool.counters import Counts
from flask_profiler.spool.segment import HEADER_SIZE
from flask_profiler.storage.registry import open_url
from tests import lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask_profiler.storage.base import Storage

BASE = 100_000
"""Added to numbers, so that each line is as long as the others."""


def line(number: int, **more: str) -> bytes:
    """Give a line as a request with headers and a query leaves it."""
    return encode(
        lines.line(
            "/item/<int:number>",
            started=lines.STARTED + number,
            phases=(1, 2, 3, 0),
            count=BASE + number,
            status=200,
            kwargs={"number": BASE + number},
            query="q=caf\u00e9&x=%22",
            environ={
                "wsgi.url_scheme": "http",
                "HTTP_HOST": "shop.example",
                "PATH_INFO": f"/item/{BASE + number}",
                "HTTP_USER_AGENT": 'a "b" \\ c',
                "HTTP_ACCEPT": "*/*",
            },
            **more,
        )
    )


class Spool:
    """A spool folder with segments that are written by hand, and its store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "spool"
        self.folder.mkdir(mode=0o700)
        self.file = folder / "store.sql"
        self.storage: Storage = open_url(str(self.file))

    def segment(self, content: bytes, *, owned: bool = False) -> int:
        """Write a segment as a process leaves it that is killed, or still writes."""
        fd, _ = segments.create(self.folder)
        os.write(fd, content)
        if not owned:
            os.close(fd)
        return fd

    def drain(self) -> list[int]:
        """Drain as a reader does; give the numbers that are stored, each as often."""
        outcome = drain_for_reader(self.storage, self.folder, 60)
        assert outcome.reason is None, outcome
        found = [m.kwargs["number"] for m in self.storage.find(Filter())]
        return sorted(n - BASE for n in found if isinstance(n, int))

    def lost(self) -> Counts:
        return counters.read(self.folder)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path)
    yield made
    made.storage.close()


CUTS = range(len(line(0)))
"""Where a line may be cut: before each of its bytes, the newline last."""


def test_a_line_cut_at_any_byte_by_a_kill_costs_that_line_alone(spool: Spool) -> None:
    """Only a line that lacks nothing but its newline is whole."""
    assert len(CUTS) > 200
    for cut in CUTS:
        spool.segment(line(2 * cut) + line(2 * cut + 1)[:cut])
    whole = {2 * cut for cut in CUTS} | {2 * CUTS[-1] + 1}
    assert spool.drain() == sorted(whole)
    assert spool.lost() == Counts(torn=len(CUTS) - 2)
    assert segments.listed(spool.folder) == []


def test_a_line_cut_at_any_byte_is_left_while_its_owner_may_complete_it(
    spool: Spool,
) -> None:
    """Drained once complete, and never before."""
    step = 9
    for cut in CUTS[::step]:
        first, second = line(2 * cut), line(2 * cut + 1)
        fd = spool.segment(first + second[:cut], owned=True)
        before = spool.drain()
        assert before[-1] == 2 * cut
        os.write(fd, second[cut:])
        os.close(fd)
    assert spool.drain() == [n for cut in CUTS[::step] for n in (2 * cut, 2 * cut + 1)]
    assert not spool.lost()


def test_a_line_cut_at_any_byte_by_a_full_disk_spares_the_next(spool: Spool) -> None:
    """The writer begins the next line with a newline, so that nothing is glued."""
    pieces = [line(2 * cut)[:cut] + b"\n" + line(2 * cut + 1) for cut in CUTS]
    spool.segment(b"".join(pieces))
    whole = {2 * cut + 1 for cut in CUTS} | {2 * CUTS[-1]}
    assert spool.drain() == sorted(whole)
    assert spool.lost() == Counts(torn=len(CUTS) - 2)


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


FUTURE = b'{"v":2,"uid":"00","what":"nobody knows"}'

GARBAGE = {
    "random bytes": (noise(100_000), None),
    "zeros": (bytes(100_000), Counts(torn=1)),
    "a line of 8 MB that is none": (b"x" * 8_000_000, Counts(torn=1)),
    "a line of a version to come": (FUTURE, Counts(rejected=1)),
    "a version that is no number": (b'{"v":null}', Counts(rejected=1)),
    "JSON of another kind": (b"[1, 2]\n3\nnull", Counts(rejected=3)),
    "900 levels": (b"[" * 900 + b"]" * 900, Counts(rejected=1)),
    "levels without end": (b"[" * 200_000, Counts(torn=1)),
    "a lone surrogate": (b'{"v":1,"uid":"\\ud800"}', None),
    "bytes that are no text": (b'{"v":1,"uid":"\xff\xfe"}', None),
    "a huge number": (b'{"v":1,"started":' + b"9" * 5000 + b"}", None),
    "empty lines": (b"\n\n\n\n", Counts()),
    "carriage returns": (b"\r\r\r", Counts(torn=1)),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_between_lines_is_counted_and_harms_no_line_beside_it(
    spool: Spool, kind: str
) -> None:
    """Neither those of the same segment nor those of others, nor what is stored."""
    garbage, expected = GARBAGE[kind]
    spool.segment(line(1))
    assert spool.drain() == [1]
    spool.segment(line(2) + garbage + b"\n" + line(3))
    spool.segment(garbage)
    spool.segment(line(4))
    assert spool.drain() == [1, 2, 3, 4]
    lost = spool.lost()
    assert lost.dropped == 0
    assert lost or kind == "empty lines"
    if expected is not None:
        assert lost == expected + expected
    kept = spool.folder / rejected.FILE
    lines = kept.read_bytes().splitlines() if kept.exists() else []
    assert len(lines) == lost.rejected
    assert segments.listed(spool.folder) == []


def test_a_line_of_a_version_to_come_is_kept_as_it_is(spool: Spool) -> None:
    """Whoever goes back to an older version can have it drained later."""
    spool.segment(FUTURE + b"\n")
    spool.drain()
    kept = (spool.folder / rejected.FILE).read_bytes()
    assert bytes(msgspec.json.decode(kept, type=rejected.Rejected).line) == FUTURE


@pytest.mark.parametrize(
    "header",
    [b"", b"\0" * HEADER_SIZE, b"x" * (HEADER_SIZE - 1) + b"\n", noise(HEADER_SIZE)],
    ids=["none", "zeros", "letters", "noise"],
)
def test_a_segment_without_a_sound_header_still_gives_its_lines(
    spool: Spool, header: bytes
) -> None:
    path = spool.folder / "segment-1-1.ndjson"
    path.write_bytes(header + b"\n" + line(1) + line(2))
    path.chmod(0o600)
    assert spool.drain() == [1, 2]


def test_a_line_of_megabytes_is_stored_like_any_other(spool: Spool) -> None:
    spool.segment(line(0) + line(1, body="x" * 5_000_000) + line(2))
    assert spool.drain() == [0, 1, 2]
    assert not spool.lost()


def test_what_is_no_file_of_ours_in_the_folder_is_left_alone(spool: Spool) -> None:
    (spool.folder / "notes.txt").write_text("mine\n")
    (spool.folder / "segment-notes").write_text("mine\n")
    (spool.folder / "sub").mkdir()
    spool.segment(line(1))
    assert spool.drain() == [1]
    names = {path.name for path in spool.folder.iterdir()}
    assert {"notes.txt", "segment-notes", "sub"} <= names
