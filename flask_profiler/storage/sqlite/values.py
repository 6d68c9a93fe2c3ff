"""Values that SQLite and JSON take, made of whatever came."""

from __future__ import annotations

from typing import Any

import msgspec

from flask_profiler.errors import RefusedError
from flask_profiler.line.url import query_args
from flask_profiler.measurement import Json

LIMIT = 1 << 53
"""Integers from here on are refused: sums of a thousand of them still fit SQLite."""

_DEEPEST = 100
_LARGEST = 2**64 - 1
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def check_integers(integers: tuple[int, ...]) -> None:
    """Refuse integers that can't be stored or added up, and what is no integer."""
    try:
        fit = min(integers) > -LIMIT and max(integers) < LIMIT
        if fit and type(sum(integers)) is int:
            return
    except TypeError:
        pass
    raise RefusedError(f"One of {integers!r:.300} is no integer in range.")


def text(value: str, what: str) -> str:
    """Pass a text; a lone surrogate in it becomes `?`."""
    if not isinstance(value, str):
        raise RefusedError(f"{what} can't be stored: {value!r:.100} is not a text.")
    return value.encode("utf-8", "replace").decode() if not value.isascii() else value


def is_text(value: str) -> bool:
    """Tell whether SQLite can hold a text: it has no lone surrogates."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def json_bytes(value: Any) -> bytes:
    """Encode as JSON; what JSON can't hold is replaced, piece by piece."""
    try:
        return _encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        return _encode(_mended(value, _DEEPEST))


def json_text(value: dict[str, Json]) -> str | None:
    """Encode a mapping as JSON text, an empty one as nothing."""
    return json_bytes(value).decode() if value else None


def text_or_none(json: bytes) -> str | None:
    """Give a mapping's JSON as text, an empty one as nothing."""
    return None if json == b"{}" else json.decode()


def mapping(text_: str | None) -> dict[str, Json]:
    """Read a mapping from JSON text, or from a query string behind a question mark.

    Nothing, or anything else, is an empty one.
    """
    if not text_:
        return {}
    if text_[0] == "?":
        return query_args(text_[1:])
    try:
        value = _decode(text_)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return {}
    return value if isinstance(value, dict) else {}


def _mended(value: Any, depth: int) -> Json:
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        tag = {config.tag_field: config.tag} if config.tag_field else {}
        value = tag | msgspec.structs.asdict(value)
    if isinstance(value, dict | list | tuple) and depth == 0:
        return "…"
    if isinstance(value, dict):
        return {_utf8(key): _mended(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(item, depth - 1) for item in value]
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        return hex(value)
    return value if isinstance(value, int | float | None) else _utf8(value)


def _utf8(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode()
