"""Make lines of the spool out of what a test has to say."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from flask_profiler.line.encode import encode, route_as_json
from flask_profiler.line.facts import facts_of
from flask_profiler.line.format import Line, Seen
from flask_profiler.line.spooled import Spooled

_OF_SEEN = ("form", "body", "raised", "args", "context")
_counts = itertools.count(1)


def ticks(phases: tuple[int, int, int, int], began: int = 1_000) -> tuple[int, ...]:
    """Give the ticks of a request with these phases, in µs."""
    ends = [began + 1000 * total for total in itertools.accumulate(phases)]
    return (began, ends[0], ends[1], ends[2], ends[3])


def line(**values: Any) -> Line:
    """Make a line: `phases` or `elapsed`, `method`, `name`, `endpoint`, `pid`, `host`,
    `environ` (what was seen of it), and the fields of `Line` and `Seen`."""
    phases = values.pop("phases", (0, 1, 0, 0))
    elapsed = values.pop("elapsed", 0)
    process = [values.pop("pid", 1), values.pop("host", "h"), "0123456789"]
    method, name = values.pop("method", "GET"), values.pop("name", "/")
    environ = values.pop("environ", {})
    seen = {key: values.pop(key) for key in _OF_SEEN if key in values}
    if environ:
        seen["names"] = msgspec.Raw(msgspec.json.encode(list(environ)))
        seen["values"] = tuple(environ.values())
    made: dict[str, Any] = {
        "started": 1_700_000_000_000_000,
        "ticks": (1_000, 1_000 + 1000 * elapsed) if phases is None else ticks(phases),
        "count": next(_counts),
        "process": msgspec.Raw(msgspec.json.encode(process)),
        "route": route_as_json(method, name, values.pop("endpoint", None)),
        "seen": Seen(**seen),
    }
    return Line(**(made | values))


def spooled(*lines: Line) -> Spooled:
    """Read lines as a drain does."""
    raws = [encode(each).rstrip(b"\n") for each in lines]
    return Spooled([facts_of(raw) for raw in raws], raws)
