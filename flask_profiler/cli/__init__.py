"""The terminal: `flask profiler`."""

from __future__ import annotations
