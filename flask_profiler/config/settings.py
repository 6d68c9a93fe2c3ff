"""The keys of the configuration, their defaults, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask_profiler.config.checking import (
    Check,
    boolean,
    function,
    increasing_pair,
    integer,
    mapping,
    names,
    optional,
    patterns,
    positive,
    refusal,
    text,
)
from flask_profiler.config.section import dotted, section
from flask_profiler.config.storage import STORAGE_KEYS, StorageConfig, read_storage


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
    storage: StorageConfig = field(default_factory=StorageConfig)
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

    @classmethod
    def from_mapping(
        cls, mapping: Mapping[str, object] | None, *, debug: bool
    ) -> Config:
        """Read and check what stands in `app.config["flask_profiler"]`.

        `None` means the defaults. An unknown key is logged as a warning; a value that
        can't be used raises `ConfigError`.
        """
        values: dict[str, Any] = {
            "enabled": debug,
            "capture": CaptureConfig(unread=debug),
        }
        table = _CONFIG | {"capture": partial(_capture, debug=debug)}
        values |= section("", {} if mapping is None else mapping, table)
        return cls(**values)


def known_keys() -> list[str]:
    """Name every key that means something, dotted."""
    sections: Mapping[str, Iterable[str]] = {
        "storage": STORAGE_KEYS,
        "spool": _SPOOL,
        "capture": _CAPTURE,
        "basicAuth": _BASIC_AUTH,
    }
    keys: list[str] = []
    for key in _CONFIG:
        keys += (
            [dotted(key, name) for name in sections[key]] if key in sections else [key]
        )
    return keys


def _capture(key: str, value: object, *, debug: bool = False) -> CaptureConfig:
    return CaptureConfig(**{"unread": debug} | section(key, value, _CAPTURE))


def _spool(key: str, value: object) -> SpoolConfig:
    return SpoolConfig(**section(key, value, _SPOOL))


def _basic_auth(key: str, value: object) -> BasicAuth:
    auth = BasicAuth(**{"enabled": False} | section(key, value, _BASIC_AUTH))
    if auth.enabled:
        for name in ("username", "password"):
            text(dotted(key, name), getattr(auth, name))
    return auth


def _root(key: str, value: object) -> str:
    return text(key, text(key, value).strip("/"))


def _version(key: str, value: object) -> str | Callable[[], str]:
    if isinstance(value, str) or callable(value):
        return value
    raise refusal(key, value, "text or a callable")


_SPOOL: Mapping[str, Check] = {
    "max_bytes": integer(at_least=65_536),
    "interval": positive,
    "drain": boolean,
}
_CAPTURE: Mapping[str, Check] = {
    "headers": boolean,
    "form": boolean,
    "body": boolean,
    "unread": boolean,
    "max_body": integer(at_least=0),
}
_BASIC_AUTH: Mapping[str, Check] = {
    "enabled": boolean,
    "username": text,
    "password": text,
}


_CONFIG: dict[str, Check] = {
    "enabled": boolean,
    "storage": read_storage,
    "basicAuth": optional(_basic_auth),
    "endpointRoot": _root,
    "ignore": patterns,
    "sampling_function": optional(function),
    "verbose": boolean,
    "spool": _spool,
    "capture": _capture,
    "redact": names,
    "unmatched": boolean,
    "authorize": optional(function),
    "retention": optional(mapping),
    "thresholds": increasing_pair,
    "version": optional(_version),
}
