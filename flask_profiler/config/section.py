"""Read a section of the configuration by a table of its keys."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from flask_profiler.config.checking import Check, mapping

logger = logging.getLogger("flask_profiler")


def nearest(word: str, known: Iterable[str]) -> str:
    """Find the known word that looks most like another, whatever the case."""
    return max(known, key=lambda candidate: similarity(word, candidate))


def similarity(one: str, other: str) -> float:
    """Tell how much two words look alike, from 0 to 1, whatever the case."""
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def section(key: str, value: object, table: Mapping[str, Check]) -> dict[str, Any]:
    """Check a mapping by a table of its keys; an unknown key is only warned of.

    Gives the checked values under the names of Python (`endpointRoot` becomes
    `endpoint_root`); a key that isn't there is left out.
    """
    entries = mapping(key, value)
    for name in entries:
        if name not in table:
            warn_unknown(dotted(key, name), nearest(str(name), table), key)
    return {
        _snake(name): check(dotted(key, name), entries[name])
        for name, check in table.items()
        if name in entries
    }


def warn_unknown(key: str, similar: str, parent: str = "") -> None:
    """Log that a key is unknown, and which known one is nearest."""
    logger.warning(
        "flask_profiler configuration: the unknown key %s has no effect; "
        "the nearest known key is %s",
        key,
        dotted(parent, similar),
    )


def dotted(parent: str, name: object) -> str:
    """Give the key of an entry of a section."""
    return f"{parent}.{name}" if parent else str(name)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda upper: f"_{upper[0].lower()}", name)
