"""What storages and reports answer: values, never rows or documents."""

from __future__ import annotations

from flask_profiler.results.figures import Extent, Group, RouteSummary
from flask_profiler.results.status import (
    Backlog,
    Draining,
    Facts,
    Loss,
    Problem,
    Settings,
    Status,
)

__all__ = [
    "Backlog",
    "Draining",
    "Extent",
    "Facts",
    "Group",
    "Loss",
    "Problem",
    "RouteSummary",
    "Settings",
    "Status",
]
