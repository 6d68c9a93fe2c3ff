"""The append-only files between a request and the storage."""

from __future__ import annotations
