"""The names and units of JSON and CSV: those of 1.x, with ours beside them.

Times are seconds, points in time are seconds since the UTC epoch. This is format 1: the
number rises when a key changes its meaning or goes away, not with a new key.
"""

from __future__ import annotations

from flask_profiler.serialize.measurements import measurement_as_json, route_as_json
from flask_profiler.serialize.status import status_as_json
from flask_profiler.serialize.values import (
    Cell,
    clean,
    flat,
    seconds,
    spread,
    to_json,
)

__all__ = [
    "Cell",
    "clean",
    "flat",
    "measurement_as_json",
    "route_as_json",
    "seconds",
    "spread",
    "status_as_json",
    "to_json",
]
