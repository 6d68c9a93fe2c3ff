"""Take complete lines out of a segment, and tell torn ones from waiting ones."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

import msgspec

from flask_profiler.line.facts import facts_of, facts_of_all
from flask_profiler.line.spooled import Spooled
from flask_profiler.spool.segment import Segment

BATCH: Final = 1000
"""Lines taken at once, at most."""
_CHUNK: Final = 1 << 18

_UNREADABLE: Final = (msgspec.DecodeError, RecursionError, UnicodeError)


@dataclass(slots=True)
class Batch:
    """What was taken out of a segment."""

    end: int
    """Where the next batch begins."""
    moved: bool
    """Whether that is further than this one began."""
    last: bool
    """Nothing is left that could be taken, now that we looked."""
    torn: int = 0
    """Lines cut off or damaged."""
    lines: Spooled = field(default_factory=lambda: Spooled([], []))
    strange: list[bytes] = field(default_factory=list)
    """JSON that is no line of a version we know."""


def take(segment: Segment, offset: int, most: int = BATCH) -> Batch:
    """Take the next lines from `offset` on.

    A last line without its newline is left for later while the segment has an owner;
    when it has none, it is taken if it is whole, else counted as torn.
    """
    if offset > segment.size:
        torn = 1 if segment.abandoned else 0
        return Batch(segment.size, moved=False, last=True, torn=torn)
    data = _read(segment, offset)
    at_end = offset + len(data) >= segment.size
    raws = data.split(b"\n", most)
    rest = raws.pop()
    end = offset + len(data) - len(rest)
    complete = b"\n" not in rest
    if at_end and complete and rest and segment.abandoned:
        raws.append(rest)
        end = segment.size
    batch = Batch(end, moved=end > offset, last=at_end and complete)
    _sort(raws, batch)
    return batch


def _read(segment: Segment, offset: int) -> bytes:
    # No further than the end that was seen under the lock; at least one whole line.
    data = b""
    while (left := segment.size - offset - len(data)) > 0:
        more = os.pread(segment.fd, min(_CHUNK, left), offset + len(data))
        data += more
        if not more or b"\n" in more:
            break
    return data


def _sort(raws: list[bytes], batch: Batch) -> None:
    try:
        if not all(map(bytes.isascii, raws)):
            b"\n".join(raws).decode()  # parts of lines are passed on as they are
        facts = facts_of_all(raws)
    except _UNREADABLE:
        _sort_one_by_one(raws, batch)
    else:
        batch.lines.facts += facts
        batch.lines.raws += raws


def _sort_one_by_one(raws: list[bytes], batch: Batch) -> None:
    for raw in raws:
        try:
            raw.decode()
            facts = facts_of(raw)
        except _UNREADABLE:
            if _is_json(raw):
                batch.strange.append(raw)
            elif raw:
                batch.torn += 1
        else:
            batch.lines.facts.append(facts)
            batch.lines.raws.append(raw)


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw)
    except _UNREADABLE:
        return False
    return True
