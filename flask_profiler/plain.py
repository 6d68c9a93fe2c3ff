"""Any Python value as one that JSON can hold, without its secrets, within bounds."""

from __future__ import annotations

from collections.abc import Mapping

from flask_profiler.measurement import Json
from flask_profiler.redaction import REDACTED, Names

_DEEPEST = 16
_MOST_VALUES = 1000
_LONGEST_TEXT = 4096
_NUMBERS = (int, float)
_CONTAINERS = (Mapping, list, tuple, set, frozenset)


def plain(value: object, names: Names) -> Json:
    """Give a value as JSON can hold it.

    What has no counterpart becomes its `str()`, a number beyond 64 bits too. Values
    under secret names are redacted; long texts, deep and large containers are cut.
    """
    return _Copier(names).copy(value, 0)


class _Copier:
    __slots__ = ("_left", "_names")

    def __init__(self, names: Names) -> None:
        self._names = names
        self._left = _MOST_VALUES

    def copy(self, value: object, depth: int) -> Json:
        self._left -= 1
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, _NUMBERS):
            return _number(value)
        if isinstance(value, _CONTAINERS):
            return self._copy_inside(value, depth)
        return text_of_any(value)

    def _copy_inside(
        self,
        value: Mapping[object, object]
        | list[object]
        | tuple[object, ...]
        | set[object]
        | frozenset[object],
        depth: int,
    ) -> Json:
        if depth >= _DEEPEST or self._left <= 0:
            return f"[{type(value).__name__} of {len(value)}]"
        if isinstance(value, Mapping):
            return self._copy_mapping(value, depth)
        items: list[Json] = []
        for item in value:
            if self._left <= 0:
                break
            items.append(self.copy(item, depth + 1))
        return items

    def _copy_mapping(self, value: Mapping[object, object], depth: int) -> Json:
        copied: dict[str, Json] = {}
        for key, item in value.items():
            if self._left <= 0:
                break
            name = text_of_any(key)
            secret = self._names.secret(name)
            copied[name] = REDACTED if secret else self.copy(item, depth + 1)
        return copied


def _number(value: float) -> Json:
    if isinstance(value, int):
        fits = -(2**63) <= value < 2**63
        return int(value) if fits else text_of_any(value)
    finite = value - value == 0
    return float(value) if finite else str(value)


def text_of_any(value: object) -> str:
    """Give the `str()` of a value, cut; of one that has none, its class."""
    try:
        text = str(value)
    except Exception:  # noqa: BLE001 - foreign `__str__` may raise anything
        return f"[{type(value).__name__}]"
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"
