"""What an application has switched on."""

from __future__ import annotations

from typing import Final

from flask_profiler.config import Config
from flask_profiler.results import Settings

_DEFAULTS: Final = Config()
_RESERVED: Final = {
    "basicAuth": "basic_auth",
    "endpointRoot": "endpoint_root",
    "authorize": "authorize",
    "retention": "retention",
    "version": "version",
}
"""Keys that are checked and do nothing yet, and their names in Python."""


def settings_of(config: Config) -> Settings:
    """Give the settings that say what is measured, kept and drained."""
    capture, spool = config.capture, config.spool
    return Settings(
        measuring=config.enabled,
        sampling=_name_of(config.sampling_function),
        ignore=tuple(pattern.pattern for pattern in config.ignore),
        unmatched=config.unmatched,
        captured=tuple(p for p in ("headers", "form", "body") if getattr(capture, p)),
        unread=capture.unread,
        max_body=capture.max_body,
        redact=config.redact,
        drain=spool.drain,
        interval=spool.interval,
        max_bytes=spool.max_bytes,
        verbose=config.verbose,
        reserved=tuple(
            key
            for key, name in _RESERVED.items()
            if getattr(config, name) != getattr(_DEFAULTS, name)
        ),
    )


def _name_of(function: object) -> str | None:
    if function is None:
        return None
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{getattr(named, '__qualname__', '')}"
