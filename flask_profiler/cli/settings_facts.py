"""What `status` says of an application's settings."""

from __future__ import annotations

from flask_profiler.cli.facts import Fact
from flask_profiler.formatting import size_text
from flask_profiler.results import Settings


def settings_facts(settings: Settings | None) -> list[Fact]:
    """Say what is switched on."""
    if settings is None:
        return [("settings", "not known: no application was loaded")]
    known = [
        ("profiler", _measuring(settings)),
        ("sampling", f"by {settings.sampling}" if settings.sampling else "none"),
        ("captures", _captures(settings)),
        ("unread", f"bodies {'read too' if settings.unread else 'left alone'}"),
        ("ignores", ", ".join(settings.ignore) or "nothing"),
        ("verbose", "on" if settings.verbose else "off"),
        ("redacts", ", ".join(("built-in names", *settings.redact))),
        ("reserved", _reserved(settings)),
    ]
    return [(name, text) for name, text in known if text]


def _measuring(settings: Settings) -> str:
    if not settings.measuring:
        return "off (enabled is False)"
    return "on, unmatched requests too" if settings.unmatched else "on"


def _captures(settings: Settings) -> str:
    if not settings.captured:
        return "no headers, forms, bodies"
    parts = list(settings.captured)
    if "body" in parts:
        parts[-1] = f"body to {size_text(settings.max_body)}"
    return ", ".join(parts)


def _reserved(settings: Settings) -> str:
    return f"{', '.join(settings.reserved)}: no effect yet" if settings.reserved else ""
