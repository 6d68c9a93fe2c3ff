"""When a single value is the one that was asked for."""

from __future__ import annotations

import re
from functools import lru_cache

from flask_profiler.measurement import Json


def text_of(value: Json) -> str:
    """Give the text that a stored value is compared by: JSON's words for non-text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return str(value)


def holds(values: dict[str, Json], key: str, wanted: str) -> bool:
    """Tell whether `values` has `wanted` under `key`, alone or in a list."""
    if key not in values:
        return False
    value = values[key]
    if isinstance(value, list):
        return any(text_of(item) == wanted for item in value)
    return text_of(value) == wanted


def any_glob(globs: tuple[str, ...], name: str, endpoint: str | None) -> bool:
    """Tell whether one of the globs covers the whole name or the whole endpoint."""
    patterns = [_glob(glob) for glob in globs]
    texts = [name] if endpoint is None else [name, endpoint]
    return any(pattern.fullmatch(text) for pattern in patterns for text in texts)


@lru_cache(maxsize=256)
def _glob(glob: str) -> re.Pattern[str]:
    parts = re.split(r"([*?])", glob)
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(p) or re.escape(p) for p in parts), re.DOTALL)
