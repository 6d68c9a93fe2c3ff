"""Take complete lines out of a segment, and tell torn ones from waiting ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

import msgspec

from flask_profiler.measurement import Measurement
from flask_profiler.spool.encode import DEEPEST, storable_line
from flask_profiler.spool.expand import expand
from flask_profiler.spool.line import Line
from flask_profiler.spool.segment import Segment

BATCH: Final = 1000
"""Lines taken at once, at most."""
_CHUNK: Final = 1 << 20

_UNREADABLE: Final = (msgspec.DecodeError, RecursionError, UnicodeError)
_decode = msgspec.json.Decoder(Line).decode


class Item(msgspec.Struct, frozen=True, gc=False):
    """A measurement, and the line that it came from."""

    measurement: Measurement
    raw: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What was taken out of a segment."""

    items: list[Item]
    strange: list[bytes]
    """JSON that is no line of a version we know."""
    torn: int
    """Lines cut off or damaged."""
    end: int
    """Where the next batch begins."""
    moved: bool
    """Whether that is further than this one began."""
    last: bool
    """Nothing is left that could be taken, now that we looked."""


def take(segment: Segment, offset: int) -> Batch:
    """Take the next lines from `offset` on.

    A last line without its newline is left for later while the segment has an owner;
    when it has none, it is taken if it is whole, else counted as torn.
    """
    if offset > segment.size:
        torn = 1 if segment.abandoned else 0
        return Batch([], [], torn, segment.size, moved=False, last=True)
    data = _read(segment, offset)
    at_end = offset + len(data) >= segment.size
    raws = data.split(b"\n", BATCH)
    rest = raws.pop()
    end = offset + len(data) - len(rest)
    complete = b"\n" not in rest
    if at_end and complete and rest and segment.abandoned:
        raws.append(rest)
        end = segment.size
    items, strange, torn = _sorted(raws)
    return Batch(items, strange, torn, end, end > offset, last=at_end and complete)


def _read(segment: Segment, offset: int) -> bytes:
    # No further than the end that was seen under the lock; at least one whole line.
    data = b""
    while (left := segment.size - offset - len(data)) > 0:
        more = os.pread(segment.fd, min(_CHUNK, left), offset + len(data))
        data += more
        if not more or b"\n" in more:
            break
    return data


def _sorted(raws: list[bytes]) -> tuple[list[Item], list[bytes], int]:
    items: list[Item] = []
    strange: list[bytes] = []
    torn = 0
    for raw in raws:
        try:
            items.append(Item(_measurement(raw), raw))
        except _UNREADABLE:
            if _is_json(raw):
                strange.append(raw)
            elif raw:
                torn += 1
    return items, strange, torn


def _measurement(raw: bytes) -> Measurement:
    line = _decode(raw)
    if raw.count(b"[") + raw.count(b"{") > DEEPEST:
        line = storable_line(line)
    return expand(line)


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw)
    except _UNREADABLE:
        return False
    return True
