"""Find the engine that a configuration or a URL names."""

from __future__ import annotations

from flask_profiler.config import StorageConfig
from flask_profiler.storage.base import Storage
from flask_profiler.storage.sqlite.engine import SQLite


def open_storage(config: StorageConfig) -> Storage:
    """Build the storage that the configuration names; no input or output yet."""
    return SQLite(config.options)


def open_url(text: str) -> Storage:
    """Build the storage at a path or URL, as `--db` takes it."""
    return SQLite({"FILE": text})
