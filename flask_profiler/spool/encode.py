"""Turn a measurement into a line, whatever it holds."""

from __future__ import annotations

import math
from typing import Any, Final

import msgspec

from flask_profiler.measurement import Json
from flask_profiler.spool.line import Line

DEEPEST: Final = 32
"""Levels of lists and mappings that are kept; what is below is replaced."""

TOO_DEEP: Final = "[nested too deeply]"

_encoder = msgspec.json.Encoder()
_fields = msgspec.structs.fields(Line)
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def encode(line: Line) -> bytes:
    """Give the line of JSON with its newline; what JSON can't hold is replaced."""
    try:
        return _encoder.encode(line) + b"\n"
    except Exception:  # noqa: BLE001 - values of the host, with methods of the host
        return _encoder.encode(storable_line(line)) + b"\n"


def storable_line(line: Line) -> Line:
    """Replace, field by field, what can't be encoded, stored or read back."""
    kept: dict[str, Any] = {}
    for field in _fields:
        value = storable(getattr(line, field.name))
        try:
            kept[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError:
            if field.required:
                kept[field.name] = _stand_in(field.type)
    return Line(**kept)


def storable(value: object, depth: int = 0) -> Json:
    """Give the value as JSON can hold it, everything else as text."""
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.astuple(value)
    if not isinstance(value, (dict, list, tuple, set, frozenset)):
        return _single(value)
    if depth >= DEEPEST:
        return TOO_DEEP
    if isinstance(value, dict):
        return {_words(key): storable(item, depth + 1) for key, item in value.items()}
    return [storable(item, depth + 1) for item in value]


def _single(value: object) -> Json:
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case int():
            return int(value) if _LOWEST <= value <= _HIGHEST else _words(value)
        case float():
            return float(value) if math.isfinite(value) else _words(value)
    # Dates, UUIDs and the like look the same here as on the quick way.
    try:
        return msgspec.json.decode(_encoder.encode(value))
    except Exception:  # noqa: BLE001 - values of the host
        return _words(value)


def _words(value: object) -> str:
    try:
        return _text(str(value))
    except Exception:  # noqa: BLE001 - __str__ is the host's; a huge int has no text
        return f"[{type(value).__name__}]"


def _text(value: str) -> str:
    # Lone surrogates stay readable: "\\udc80".
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _stand_in(type_: object) -> Json:
    return {str: "", int: 0}.get(type_) if isinstance(type_, type) else None
