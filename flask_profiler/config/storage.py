"""Which engine keeps the measurements, and what it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask_profiler.config.checking import Check, mapping, optional, path, refusal, text
from flask_profiler.config.section import dotted, nearest, similarity, warn_unknown


@dataclass(frozen=True, slots=True)
class StorageConfig:
    """Which engine keeps the measurements, and what it is told."""

    engine: str = "sqlite"
    """`sqlite`, `mongodb` (lower case), or a dotted path as it was written."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """The whole `storage` mapping, as it was written."""
    spool: Path | None = None
    """The spool's folder, absolute; `None`: the one that belongs to the store."""


def read_storage(key: str, value: object) -> StorageConfig:
    """Check the section `storage`; a custom engine's own keys are left to it."""
    options = mapping(key, value)
    engine = _engine(dotted(key, "engine"), options.get("engine", "sqlite"))
    _warn_of_near_misses(key, options, _ENGINES.get(engine, ()))
    checked = {
        name: _STORAGE[name](dotted(key, name), options[name])
        for name in (*_ENGINES.get(engine, ()), "SPOOL")
        if name in options
    }
    frozen = MappingProxyType(dict(options))
    return StorageConfig(engine, frozen, checked.get("SPOOL"))


def _engine(key: str, value: object) -> str:
    if isinstance(value, str):
        if value.lower() in _ENGINES:
            return value.lower()
        if _DOTTED_PATH.fullmatch(value):
            return value
    allowed = "sqlite, mongodb or the dotted path of a class (package.module.Class)"
    advice = isinstance(value, str) and f"Did you mean {nearest(value, _ENGINES)}?"
    raise refusal(key, value, allowed, advice or "")


def _warn_of_near_misses(
    key: str, options: Mapping[str, Any], used: tuple[str, ...]
) -> None:
    """Warn of keys that look like one the engine knows; others are nobody's concern."""
    known = ("engine", "SPOOL", *used)
    for name in options:
        similar = nearest(str(name), known)
        if name not in known and similarity(str(name), similar) >= _NEAR:
            warn_unknown(dotted(key, name), similar, key)


_NEAR = 0.75
_DOTTED_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")

_ENGINES: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("FILE", "TABLE"),
    "mongodb": ("MONGO_URL", "DATABASE", "COLLECTION"),
    "sqlalchemy": ("db_url",),
}
"""The engines that have a name, and their keys."""

_STORAGE: Mapping[str, Check] = {
    "FILE": path,
    "TABLE": text,
    "MONGO_URL": text,
    "DATABASE": text,
    "COLLECTION": text,
    "db_url": text,
    "SPOOL": optional(path),
}

STORAGE_KEYS = ("engine", *_STORAGE)
"""Every key of the section, whatever the engine."""
