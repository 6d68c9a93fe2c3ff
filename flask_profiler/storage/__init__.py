"""The storage engines and their contract."""

from __future__ import annotations
