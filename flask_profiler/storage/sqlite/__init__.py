"""The embedded engine: one SQLite file."""

from __future__ import annotations
