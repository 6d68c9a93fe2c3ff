"""The configuration: typed, frozen, read and checked once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StorageConfig:
    """Which engine keeps the measurements, and what it is told."""

    engine: str = "sqlite"
    """`sqlite`, `mongodb` (lower case), or a dotted path as it was written."""
    options: Mapping[str, Any] = _NOTHING
    """The whole `storage` mapping, as it was written."""
    spool: Path | None = None
    """The spool's folder, absolute; `None`: the one that belongs to the store."""


@dataclass(frozen=True, slots=True)
class SpoolConfig:
    """How the spool is kept."""

    max_bytes: int = 268_435_456
    """Limit of undrained bytes; beyond, measurements are dropped and counted."""
    interval: float = 0.25
    """Pause between drains, seconds."""
    drain: bool = True
    """Whether this process drains by itself."""


@dataclass(frozen=True, slots=True)
class CaptureConfig:
    """What of a request is kept."""

    headers: bool = True
    form: bool = True
    body: bool = True
    unread: bool = False
    """Whether a body that nobody has read is read after the response is made."""
    max_body: int = 4096
    """Bytes; larger bodies are kept as type and size."""


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """Who may see the dashboard."""

    enabled: bool
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be configured, with its defaults."""

    enabled: bool = False
    storage: StorageConfig = StorageConfig()
    spool: SpoolConfig = SpoolConfig()
    capture: CaptureConfig = CaptureConfig()
    basic_auth: BasicAuth | None = None
    endpoint_root: str = "flask-profiler"
    ignore: tuple[re.Pattern[str], ...] = ()
    sampling_function: Callable[[], object] | None = None
    verbose: bool = False
    redact: tuple[str, ...] = ()
    unmatched: bool = False
    authorize: Callable[[], object] | None = None
    retention: Mapping[str, Any] | None = None
    thresholds: tuple[float, float] = (0.1, 0.4)
    """Seconds from which a time is coloured as slow, and as very slow."""
    version: str | Callable[[], str] | None = None
