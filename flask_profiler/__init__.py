"""Measure the endpoints of a Flask application.

The public names are loaded when they are first used, because Flask imports this package
for every command.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_profiler.errors import (
        ConfigError,
        ProfilerError,
        QueryError,
        RefusedError,
        StorageBusyError,
        StorageError,
        StorageMissingError,
        StorageUnavailableError,
    )
    from flask_profiler.extension import Profiler, init_app
    from flask_profiler.instrument.by_hand import measure, profile
    from flask_profiler.measurement import Measurement
    from flask_profiler.storage.base import Storage

_HOMES = {
    "ConfigError": "errors",
    "Measurement": "measurement",
    "Profiler": "extension",
    "ProfilerError": "errors",
    "QueryError": "errors",
    "RefusedError": "errors",
    "Storage": "storage.base",
    "StorageBusyError": "errors",
    "StorageError": "errors",
    "StorageMissingError": "errors",
    "StorageUnavailableError": "errors",
    "init_app": "extension",
    "measure": "instrument.by_hand",
    "profile": "instrument.by_hand",
}

__all__ = [
    "ConfigError",
    "Measurement",
    "Profiler",
    "ProfilerError",
    "QueryError",
    "RefusedError",
    "Storage",
    "StorageBusyError",
    "StorageError",
    "StorageMissingError",
    "StorageUnavailableError",
    "init_app",
    "measure",
    "profile",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
