"""The names and units of JSON and CSV: those of 1.x, with ours beside them.

Times are seconds, points in time are seconds since the UTC epoch. This is format 1: the
number rises when a key changes its meaning or goes away, not with a new key.
"""

from __future__ import annotations

import json
import math
from typing import TypeAlias

from flask_profiler.clock import US
from flask_profiler.measurement import Context, Json, Measurement
from flask_profiler.results import RouteSummary

_DEEPEST = 100
_FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the beginning of a formula; the last are full width."""

Cell: TypeAlias = str | int | float | None


def measurement_as_json(m: Measurement) -> dict[str, Json]:
    """Give one measurement as a mapping that JSON can always hold."""
    plain: dict[str, Json] = clean(
        {
            "id": m.id,
            "uid": m.uid,
            "startedAt": seconds(m.started_us),
            "endedAt": seconds(m.started_us + m.elapsed_us),
            "elapsed": seconds(m.elapsed_us),
            "method": m.method,
            "name": m.name,
            "endpoint": m.endpoint,
            "status": m.status,
            "error": m.error,
            "exception": _exception(m),
            "size": m.size,
            "phases": _phases(m),
            "args": list(m.args),
            "kwargs": m.kwargs,
            "context": _context(m.context),
            "pid": m.pid,
            "host": m.host,
        }
    )
    return plain


def route_as_json(route: RouteSummary) -> dict[str, Json]:
    """Give the figures of one route as a mapping that JSON can always hold."""
    plain: dict[str, Json] = clean(
        {
            "method": route.method,
            "name": route.name,
            "count": route.count,
            "errors": route.errors,
            "minElapsed": seconds(route.min_us),
            "maxElapsed": seconds(route.max_us),
            "avgElapsed": route.average_us / US,
            "totalElapsed": seconds(route.total_us),
            "p50": seconds(route.p50_us),
            "p95": seconds(route.p95_us),
            "p99": seconds(route.p99_us),
            "share": route.share,
            "rate": route.rate,
        }
    )
    return plain


def flat(mapping: dict[str, Json], prefix: str = "") -> dict[str, Cell]:
    """Give a row for CSV: phases, exception and context spread, the rest as JSON."""
    row: dict[str, Cell] = {}
    for key, value in mapping.items():
        if key in {"phases", "exception", "context"} and not prefix:
            parts = value if isinstance(value, dict) else {}
            row |= flat({part: parts.get(part) for part in _PARTS[key]}, f"{key}.")
        elif isinstance(value, bool | dict | list):
            row[prefix + key] = to_json(value)
        else:
            row[prefix + key] = _guarded(value)
    return row


_PARTS = {
    "phases": ("before", "view", "after", "stream"),
    "exception": ("type", "message"),
    "context": ("url", "args", "form", "body", "headers", "func", "ip"),
}


def to_json(value: Json, *, indent: int | None = None) -> str:
    """Write cleaned values as JSON in ASCII: valid in every encoding."""
    return json.dumps(value, indent=indent, allow_nan=False)


def seconds(time_us: float) -> float:
    """Give microseconds, rounded to whole ones, in seconds."""
    return round(time_us) / US


def clean(value: Json, depth: int = 0) -> Json:
    """Replace what JSON can't hold: NaN, infinities, lone surrogates, foreign types."""
    if isinstance(value, dict | list | tuple):
        return _clean_inside(value, depth)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, int) else _text(value)


def _clean_inside(value: Json, depth: int) -> Json:
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {_text(key): clean(item, depth + 1) for key, item in value.items()}
    return [clean(item, depth + 1) for item in value]


def _text(value: object) -> str:
    text = str(value)
    if text.isascii():
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def _guarded(value: Cell) -> Cell:
    """Keep a spreadsheet from running a text as a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _exception(m: Measurement) -> dict[str, str] | None:
    if m.raised is None:
        return None
    return {"type": m.raised.type, "message": m.raised.message}


def _phases(m: Measurement) -> dict[str, float] | None:
    if m.phases is None:
        return None
    return {part: seconds(getattr(m.phases, part)) for part in _PARTS["phases"]}


def _context(context: Context) -> dict[str, Json]:
    known = {part: getattr(context, part) for part in _PARTS["context"]}
    return {**context.extra, **known}
