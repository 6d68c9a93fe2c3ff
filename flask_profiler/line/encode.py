"""Turn a measurement into a line, whatever it holds."""

from __future__ import annotations

import math
import os
from typing import Any, Final, TypeVar

import msgspec

from flask_profiler.line.format import Line, Seen
from flask_profiler.measurement import Json

DEEPEST: Final = 32
"""Levels of lists and mappings that are kept; what is below is replaced."""

TOO_DEEP: Final = "[nested too deeply]"

_encoder = msgspec.json.Encoder()
_fields = {kind: msgspec.structs.fields(kind) for kind in (Line, Seen)}
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1

T = TypeVar("T", Line, Seen)


def encode(line: Line) -> bytes:
    """Give the line of JSON with its newline; what JSON can't hold is replaced."""
    try:
        return _encoder.encode(line) + b"\n"
    except Exception:  # noqa: BLE001 - values of the host, with methods of the host
        return _encoder.encode(storable_line(line)) + b"\n"


def route_as_json(method: str, name: str, endpoint: str | None) -> msgspec.Raw:
    """Give the key `route` of lines; what JSON can't hold is replaced."""
    return msgspec.Raw(_encoder.encode(storable([method, name, endpoint])))


def process_as_json(pid: int, host: str) -> msgspec.Raw:
    """Give the key `process` of lines, with a number that is used only once."""
    number = os.urandom(5).hex()
    return msgspec.Raw(_encoder.encode(storable([pid, host, number])))


def storable_line(line: T) -> T:
    """Replace, field by field, what can't be encoded, stored or read back."""
    kept: dict[str, Any] = {}
    for field in _fields[type(line)]:
        value = getattr(line, field.name)
        if isinstance(value, Seen):
            kept[field.name] = storable_line(value)
        elif isinstance(value, msgspec.Raw):
            kept[field.name] = value
        else:
            _keep(kept, field, storable(value))
    return type(line)(**kept)


def _keep(kept: dict[str, Any], field: msgspec.structs.FieldInfo, value: Json) -> None:
    try:
        kept[field.name] = msgspec.convert(value, field.type, strict=False)
    except msgspec.ValidationError:
        if field.required:
            kept[field.name] = _stand_in(field.type)


def storable(value: object, depth: int = 0) -> Json:
    """Give the value as JSON can hold it, everything else as text."""
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
