"""Check single values of the configuration, and name what is wrong with them."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from flask_profiler.errors import ConfigError

Check: TypeAlias = Callable[[str, object], Any]
"""Take a dotted key and its value; give the value to keep, or raise `ConfigError`."""

_SHOWN = 80
_CREDENTIALS = re.compile(r"//\S*@")


def refusal(key: str, value: object, allowed: str, advice: str = "") -> ConfigError:
    """Make the error for a value that can't be used; it never shows a password."""
    return ConfigError(
        f"flask_profiler configuration: {key} must be {allowed}, "
        f"not {_shown(key, value)}{advice and '. '}{advice}"
    )


def mapping(key: str, value: object) -> Mapping[str, Any]:
    """Allow a mapping."""
    if not isinstance(value, Mapping):
        raise refusal(key or "app.config['flask_profiler']", value, "a dict")
    return value


def boolean(key: str, value: object) -> bool:
    """Allow True and False, and nothing that is merely true or false."""
    if not isinstance(value, bool):
        raise refusal(key, value, "True or False")
    return value


def text(key: str, value: object) -> str:
    """Allow text that isn't empty."""
    if not isinstance(value, str) or not value.strip():
        raise refusal(key, value, "text that isn't empty")
    return value


def integer(at_least: int) -> Check:
    """Allow integers from a smallest one on."""

    def check(key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
            raise refusal(key, value, f"an integer, at least {at_least}")
        return value

    return check


def positive(key: str, value: object) -> float:
    """Allow finite numbers above 0."""
    if not _is_positive(value):
        raise refusal(key, value, "a number above 0")
    return float(value)  # type: ignore[arg-type]  # a number, as just seen


def increasing_pair(key: str, value: object) -> tuple[float, float]:
    """Allow two finite numbers above 0, the second larger than the first."""
    if isinstance(value, list | tuple) and len(value) == 2:
        low, high = value
        if _is_positive(low) and _is_positive(high) and low < high:
            return (float(low), float(high))
    raise refusal(key, value, "two increasing numbers above 0")


def path(key: str, value: object) -> Path:
    """Allow a path as text or as an object; gives it absolute."""
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise refusal(key, value, "a path, as text or pathlib.Path")
    return Path(value).absolute()


def function(key: str, value: object) -> Callable[..., Any]:
    """Allow whatever can be called."""
    if not callable(value):
        raise refusal(key, value, "a callable")
    return value


def names(key: str, value: object) -> tuple[str, ...]:
    """Allow a list of texts."""
    return tuple(text(f"{key}[{i}]", v) for i, v in enumerate(_items(key, value)))


def patterns(key: str, value: object) -> tuple[re.Pattern[str], ...]:
    """Allow a list of regular expressions, as text or compiled."""
    items = enumerate(_items(key, value))
    return tuple(_pattern(f"{key}[{index}]", item) for index, item in items)


def optional(check: Check) -> Check:
    """Allow None beside what another check allows."""
    return lambda key, value: None if value is None else check(key, value)


def _pattern(key: str, value: object) -> re.Pattern[str]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        return value
    try:
        return re.compile(text(key, value))
    except re.error as error:
        allowed = f"a regular expression ({error})"
        raise refusal(key, value, allowed) from error


def _items(key: str, value: object) -> Iterable[object]:
    if isinstance(value, str):
        raise refusal(key, value, "a list of texts", f"Write [{value!r}]")
    if not isinstance(value, list | tuple | set | frozenset):
        raise refusal(key, value, "a list of texts")
    return value


def _is_positive(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value > 0


def _shown(key: str, value: object) -> str:
    if isinstance(value, Mapping) or key.startswith(("basicAuth", "app.config")):
        return f"a value of type {type(value).__name__}"
    shown = _CREDENTIALS.sub("//[redacted]@", repr(value))
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
