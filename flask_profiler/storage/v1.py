"""The dictionaries of flask-profiler 1.x: what its engines are given, and give back."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import msgspec

from flask_profiler.clock import US
from flask_profiler.measurement import Context, Json, Measurement

LIMIT = (1 << 53) - 1
"""Times beyond this many microseconds, some 285 years, are cut to it."""

_KNOWN = {"url", "args", "form", "body", "headers", "func", "ip"}


def to_v1(m: Measurement) -> dict[str, Any]:
    """Give a measurement as 1.x gave it to `insert`."""
    context = {key: getattr(m.context, key) for key in sorted(_KNOWN)}
    return {
        "name": m.name,
        "args": m.args,
        "kwargs": m.kwargs,
        "method": m.method,
        "startedAt": m.started_at,
        "endedAt": m.ended_at,
        "elapsed": m.elapsed,
        "context": {**context, **m.context.extra},
    }


def from_v1(row: Mapping[str, Any], source: str) -> Measurement:
    """Make a measurement of what 1.x stored; what is broken in it is left out.

    The uid follows from the row and its `source` (a name for the table), so that the
    same row always gives the same one.
    """
    context = mapping(row.get("context"))
    return Measurement(
        uid=uid_of(source, row.get("id"), row.get("startedAt"), row.get("elapsed")),
        started_us=us(row.get("startedAt")),
        elapsed_us=elapsed_us(row.get("elapsed")),
        method=text(row.get("method")),
        name=text(row.get("name")),
        endpoint=endpoint_of(context),
        args=_sequence(row.get("args")),
        kwargs=mapping(row.get("kwargs")),
        context=_context(context),
        id=_public_id(row.get("id")),
    )


def us(seconds: object) -> int:
    """Turn seconds, in whatever type, into microseconds; 0 for what is no number."""
    try:
        value = float(seconds) * US  # type: ignore[arg-type]  # hence the except
    except (TypeError, ValueError, OverflowError):
        return 0
    if math.isnan(value):
        return 0
    rounded = value + math.copysign(0.5, value)
    return int(max(min(rounded, float(LIMIT)), -float(LIMIT)))


def elapsed_us(seconds: object) -> int:
    """Do the same for a length of time: 1.x kept negative ones when a clock was set."""
    return max(0, us(seconds))


def uid_of(source: str, id_: object, started_at: object, elapsed: object) -> str:
    """Derive a uid: seconds of the start, then a digest; 24 hex digits."""
    started = us(started_at)
    text_ = f"{source}\0{id_}\0{started}\0{us(elapsed)}"
    digest = hashlib.blake2b(text_.encode("utf-8", "replace"), digest_size=8)
    return f"{started // US & 0xFFFFFFFF:08x}{digest.hexdigest()}"


def text(value: object) -> str:
    """Give a value as text, `None` as an empty one."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def mapping(value: object) -> dict[str, Json]:
    """Give a mapping, or the mapping that JSON text holds; else an empty one."""
    value = _decoded(value)
    if not isinstance(value, Mapping):
        return {}
    return {text(key): item for key, item in value.items()}


def endpoint_of(context: Mapping[str, Json]) -> str | None:
    """Give Flask's endpoint, which 1.x kept as `func`."""
    func = context.get("func")
    return func if isinstance(func, str) else None


def _public_id(id_: object) -> int | str | None:
    return id_ if id_ is None or isinstance(id_, int | str) else str(id_)


def _sequence(value: object) -> tuple[Json, ...]:
    value = _decoded(value)
    return tuple(value) if isinstance(value, list | tuple) else ()


def _decoded(value: object) -> object:
    if not isinstance(value, str | bytes):
        return value
    try:
        return msgspec.json.decode(value)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None


def _context(context: Mapping[str, Json]) -> Context:
    url = context.get("url")
    ip = context.get("ip")
    return Context(
        url=url if url is None else text(url),
        args=mapping(context.get("args")),
        form=mapping(context.get("form")),
        body=text(context.get("body")),
        headers={k: text(v) for k, v in mapping(context.get("headers")).items()},
        func=endpoint_of(context),
        ip=ip if ip is None else text(ip),
        extra={key: context[key] for key in context if key not in _KNOWN},
    )
