"""The grammar of a duration: `300us`, `1.5s`, `1h30m`; the unit is never guessed."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from flask_profiler.clock import US
from flask_profiler.errors import QueryError

_UNITS = {
    "us": 1,
    "µs": 1,
    "ms": 1000,
    "s": US,
    "sec": US,
    "m": 60 * US,
    "min": 60 * US,
    "h": 3600 * US,
    "d": 86_400 * US,
    "w": 7 * 86_400 * US,
}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*([a-zµ]+)\s*")
_LONGEST_US = 36_525 * 86_400 * US
"""A hundred years: what is beyond is a slip, and would overflow an engine's integer."""


def parse_duration(text: str) -> int:
    """Read a duration with its unit, and give it in microseconds.

    A day is 24 hours, also where the clocks are put forward.
    """
    written = text.strip().lower().replace("\N{GREEK SMALL LETTER MU}", "µ")
    _require_unit(text, written)
    parts = _PART.findall(written)
    units = [_UNITS.get(unit, 0) for _, unit in parts]
    falling = all(above > below for above, below in pairwise(units))
    if not parts or not all(units) or not falling or _PART.sub("", written):
        raise _not_one(text)
    total = sum(Decimal(count) * _UNITS[unit] for count, unit in parts)
    if total > _LONGEST_US:
        raise QueryError(f"'{text}' is more than a hundred years.")
    return round(total)


def _require_unit(text: str, written: str) -> None:
    if re.fullmatch(r"[0-9.]+", written):
        raise QueryError(
            f"'{text}' has no unit.",
            hint=f"Say {written}us, {written}ms, {written}s or {written}m.",
        )


def _not_one(text: str) -> QueryError:
    return QueryError(
        f"'{text}' is not a duration.",
        hint="Say 300us, 8.5ms, 2s, 1m30s, 1h or 2d.",
    )
