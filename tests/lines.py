"""Make lines of the spool out of what a test has to say."""

from __future__ import annotations

import itertools
import os
from typing import Any

import msgspec

from flask_profiler.line.encode import encode, route_as_json
from flask_profiler.line.facts import facts_of
from flask_profiler.line.format import Line, Seen
from flask_profiler.line.spooled import Spooled

STARTED = 1_700_000_000_000_000

_OF_SEEN = ("form", "body", "raised", "args", "context")
_counts = itertools.count(1)


def ticks(phases: tuple[int, int, int, int], began: int = 1_000) -> tuple[int, ...]:
    """Give the ticks of a request with these phases, in µs."""
    ends = [began + 1000 * total for total in itertools.accumulate(phases)]
    return (began, *ends)


def line(name: str = "/", **values: Any) -> Line:
    """Make a line; on both sides of a fork too, each is a measurement of its own.

    Takes `phases` or `elapsed`, `method`, `endpoint`, `pid`, `host`, `environ` (what
    was seen of it), `redacted` (its keys), and the fields of `Line` and `Seen`.
    """
    elapsed = values.pop("elapsed", 0)
    phases = values.pop("phases", (0, 1, 0, 0))
    # A number for each process.
    process = [values.pop("pid", 1), values.pop("host", "h"), f"{os.getpid():010x}"]
    method, endpoint = values.pop("method", "GET"), values.pop("endpoint", None)
    environ = values.pop("environ", {})
    seen = {key: values.pop(key) for key in _OF_SEEN if key in values}
    seen |= {"values": tuple(environ.values())} if environ else {}
    for key, names in (
        ("names", list(environ)),
        ("redacted", values.pop("redacted", [])),
    ):
        seen |= {key: as_raw(names)} if names else {}
    made: dict[str, Any] = {
        "started": STARTED,
        "ticks": (1_000, 1_000 + 1000 * elapsed) if phases is None else ticks(phases),
        "count": next(_counts),
        "process": as_raw(process),
        "route": route_as_json(method, name, endpoint),
        "seen": Seen(**seen),
    }
    return Line(**(made | values))


def as_raw(value: object) -> msgspec.Raw:
    """Give JSON as it stands in a line."""
    return msgspec.Raw(msgspec.json.encode(value))


def damaged(**values: object) -> bytes:
    """Give a line, without its newline, some of whose keys hold something else."""
    return msgspec.json.encode(msgspec.json.decode(encode(line())) | values)


def spooled(*lines: Line | bytes) -> Spooled:
    """Read lines as a drain does."""
    raws = [each if isinstance(each, bytes) else encode(each)[:-1] for each in lines]
    return Spooled([facts_of(raw) for raw in raws], raws)
