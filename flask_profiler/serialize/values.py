"""Values that JSON and CSV can hold, whatever they were."""

from __future__ import annotations

import json
import math
from typing import TypeAlias

from flask_profiler.clock import US
from flask_profiler.measurement import Json

_DEEPEST = 100
_FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet takes for the beginning of a formula; the last are full width."""

Cell: TypeAlias = str | int | float | None


def flat(mapping: dict[str, Json], prefix: str = "") -> dict[str, Cell]:
    """Give a row for CSV: phases, exception and context spread, the rest as JSON."""
    row: dict[str, Cell] = {}
    for key, value in mapping.items():
        if key in {"phases", "exception", "context"} and not prefix:
            parts = value if isinstance(value, dict) else {}
            row |= flat({part: parts.get(part) for part in PARTS[key]}, f"{key}.")
        elif isinstance(value, bool | dict | list):
            row[prefix + key] = to_json(value)
        else:
            row[prefix + key] = _guarded(value)
    return row


def spread(mapping: dict[str, Json], prefix: str = "") -> dict[str, Json]:
    """Give what is nested under dotted names: `spool.folder`."""
    row: dict[str, Json] = {}
    for key, value in mapping.items():
        inner = value if isinstance(value, dict) else None
        row |= spread(inner, f"{prefix}{key}.") if inner else {prefix + key: value}
    return row


PARTS = {
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
