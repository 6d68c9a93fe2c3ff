"""Put together, while draining or later, what a request had no time for."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from flask_profiler.line.encode import DEEPEST, storable, storable_line
from flask_profiler.line.facts import Facts, processes, routes
from flask_profiler.line.format import Seen
from flask_profiler.line.timing import elapsed_of, phases_of
from flask_profiler.line.url import Url, query_args, url_text
from flask_profiler.measurement import Context, Json, Measurement, Phases, Raised
from flask_profiler.redaction import REDACTED

_TEXT: Final = frozenset({"url", "body", "func", "ip"})
_MAPPINGS: Final = frozenset({"args", "form"})
_BARE: Final = ("CONTENT_TYPE", "CONTENT_LENGTH")

_MOST_NAMES: Final = 2000


class _HeaderNames(dict[str, str]):
    """WSGI's names of headers → those that people write; grows to a bound."""

    def __missing__(self, key: str) -> str:
        name = key.removeprefix("HTTP_").replace("_", "-").title()
        if len(self) < _MOST_NAMES:
            self[key] = name
        return name


_names = _HeaderNames()
_seen = msgspec.json.Decoder(Seen).decode
_name_list = msgspec.json.Decoder(list[str]).decode
_mapping = msgspec.json.Decoder(dict[str, Json]).decode
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeError)


def uid_of(facts: Facts, number: int) -> bytes:
    """Give the uid: 4 bytes time, 5 random, 3 counter, as in a MongoDB ObjectId."""
    second = facts.started // 1_000_000 & 0xFFFFFFFF
    return (second << 64 | number << 24 | facts.count & 0xFFFFFF).to_bytes(12, "big")


def expand(facts: Facts) -> Measurement:
    """Turn what is read of a line into a measurement."""
    route, process = routes[bytes(facts.route)], processes[bytes(facts.process)]
    seen = seen_of(bytes(facts.seen))
    phases = phases_of(facts.ticks)
    return Measurement(
        uid=uid_of(facts, process.integer).hex(),
        started_us=facts.started,
        elapsed_us=elapsed_of(facts.ticks),
        method=route.method,
        name=route.name,
        endpoint=route.endpoint,
        status=facts.status,
        error=facts.error,
        raised=None if seen.raised is None else Raised(*seen.raised),
        phases=None if phases is None else Phases(*phases),
        size=facts.size,
        args=seen.args,
        kwargs=mapping_of(bytes(facts.kwargs)),
        context=context_of(seen, facts.query, route.endpoint),
        pid=process.pid,
        host=process.host,
    )


def seen_of(raw: bytes) -> Seen:
    """Read what was kept of a request; nothing, if that can't be read."""
    try:
        seen = _seen(raw)
    except _UNREADABLE:
        return Seen()
    return storable_line(seen) if _may_be_deep(raw) else seen


def mapping_of(raw: bytes) -> dict[str, Json]:
    """Read a mapping; an empty one, if that can't be read."""
    try:
        mapping = _mapping(raw)
    except _UNREADABLE:
        return {}
    return storable(mapping) if _may_be_deep(raw) else mapping


def _may_be_deep(raw: bytes) -> bool:
    # Engines, and who shows it, need not stand what a damaged line is nested like.
    return raw.count(b"[") + raw.count(b"{") > DEEPEST


def context_of(seen: Seen, query: str, endpoint: str | None) -> Context:
    """Give a request's context under the names that 1.x used."""
    if seen.context is not None:
        return _given(seen.context)
    environ = _environ(seen)
    return Context(
        url=_url(environ, query),
        args=query_args(query) if query else {},
        form=seen.form,
        body=seen.body,
        headers={
            _names[key]: value
            for key, value in environ.items()
            if key.startswith("HTTP_") or key in _BARE
        },
        func=endpoint,
        ip=environ.get("REMOTE_ADDR"),
    )


def _environ(seen: Seen) -> dict[str, str]:
    try:
        names, redacted = _name_list(seen.names), _name_list(seen.redacted)
    except _UNREADABLE:
        return {}
    environ = dict.fromkeys(redacted, REDACTED)
    for name, value in zip(names, seen.values, strict=False):
        if value is not None:
            environ[name] = str(value)
    return environ


def _url(environ: dict[str, str], query: str) -> str | None:
    get = environ.get
    if "PATH_INFO" not in environ:
        return None
    host = get("HTTP_HOST") or get("host")
    return url_text(
        Url(
            get("wsgi.url_scheme", "http"),
            host or f"{get('SERVER_NAME')}:{get('SERVER_PORT')}",
            get("SCRIPT_NAME", "") + environ["PATH_INFO"],
            query,
        )
    )


def _given(context: dict[str, Json]) -> Context:
    known: dict[str, Any] = {}
    extra: dict[str, Json] = {}
    for key, value in context.items():
        (known if _fits(key, value) else extra)[key] = value
    return Context(**known, extra=extra)


def _fits(key: str, value: Json) -> bool:
    if key in _TEXT:
        return isinstance(value, str)
    if key == "headers" and isinstance(value, dict):
        return all(isinstance(item, str) for item in value.values())
    return key in _MAPPINGS and isinstance(value, dict)
