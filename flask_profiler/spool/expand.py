"""Put together, while draining, what a request had no time for."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qsl, quote, quote_from_bytes

from flask_profiler.measurement import Context, Json, Measurement, Phases, Raised
from flask_profiler.spool.line import Line, Url

_IN_PATHS: Final = "/:@!$&'()*+,;=~-._[]"
"""Left as they are in a path; the brackets are those of `[redacted]`."""
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_plain_path = re.compile(r"[A-Za-z0-9/:@!$&'()*+,;=~\-._\[\]]*").fullmatch
_plain_query = re.compile(r"[\x21-\x7e]*").fullmatch

_TEXT: Final = frozenset({"url", "body", "func", "ip"})
_MAPPINGS: Final = frozenset({"args", "form"})

_MOST_NAMES: Final = 2000


class _HeaderNames(dict[str, str]):
    """WSGI's names of headers → those that people write; grows to a bound."""

    def __missing__(self, key: str) -> str:
        name = key.removeprefix("HTTP_").replace("_", "-").title()
        if len(self) < _MOST_NAMES:
            self[key] = name
        return name


_names = _HeaderNames()


def expand(line: Line) -> Measurement:
    """Turn a line of the spool into a measurement, whatever it holds."""
    phases, raised = line.phases, line.raised
    return Measurement(
        uid=line.uid,
        started_us=line.started,
        elapsed_us=line.elapsed if phases is None else sum(phases),
        method=line.method,
        name=line.name,
        endpoint=line.endpoint,
        status=line.status,
        error=line.error,
        raised=None if raised is None else Raised(*raised),
        phases=None if phases is None else Phases(*phases),
        size=line.size,
        args=line.args,
        kwargs=line.kwargs,
        context=_seen(line) if line.context is None else _given(line.context),
        pid=line.pid,
        host=line.host,
    )


def _seen(line: Line) -> Context:
    url = line.url
    return Context(
        url=None if url is None else url_text(url),
        args={} if url is None or not url.query else query_args(url.query),
        form=line.form,
        body=line.body,
        headers={_names[key]: value for key, value in line.headers.items()},
        func=line.endpoint,
        ip=line.ip,
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


def url_text(url: Url) -> str:
    """Put a URL together; what may not stand in one is percent-encoded."""
    path, query = url.path, url.query
    if not _plain_path(path):
        path = _quoted(path, _IN_PATHS)
    if not query:
        return f"{url.scheme}://{url.host}{path}"
    if not _plain_query(query):
        query = _quoted(query, _PRINTABLE)
    return f"{url.scheme}://{url.host}{path}?{query}"


def _quoted(text: str, safe: str) -> str:
    # PEP 3333: each character is one byte of what the client sent.
    try:
        return quote_from_bytes(text.encode("latin-1"), safe=safe)
    except UnicodeEncodeError:
        return quote(text, safe=safe, errors="backslashreplace")


def query_args(query: str) -> dict[str, Json]:
    """Read the query parameters: one value is text, several are a list."""
    args: dict[str, Json] = {}
    for key, value in _pairs(query):
        if key not in args:
            args[key] = value
        elif isinstance(args[key], list):
            args[key].append(value)
        else:
            args[key] = [args[key], value]
    return args


def _pairs(query: str) -> list[tuple[str, str]]:
    if not query.isascii():
        query = _quoted(query, _PRINTABLE)
    if "%" in query or "+" in query:
        return parse_qsl(query, keep_blank_values=True, errors="replace")
    # The same for a query without escapes, at a fifth of the time.
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(key, value) for key, _, value in parts]
