"""The configuration: typed, frozen, read and checked once."""

from __future__ import annotations

from flask_profiler.config.settings import (
    BasicAuth,
    CaptureConfig,
    Config,
    SpoolConfig,
    known_keys,
)
from flask_profiler.config.storage import StorageConfig

__all__ = [
    "BasicAuth",
    "CaptureConfig",
    "Config",
    "SpoolConfig",
    "StorageConfig",
    "known_keys",
]
