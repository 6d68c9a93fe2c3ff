"""The URL of a request and its parameters, out of what WSGI gives."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, quote, quote_from_bytes

import msgspec

from flask_profiler.measurement import Json

_IN_PATHS: Final = "/:@!$&'()*+,;=~-._[]"
"""Left as they are in a path; the brackets are those of `[redacted]`."""
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_plain_path = re.compile(r"[A-Za-z0-9/:@!$&'()*+,;=~\-._\[\]]*").fullmatch
_plain_query = re.compile(r"[\x21-\x7e]*").fullmatch


class Url(msgspec.Struct, frozen=True, gc=False):
    """The parts of a URL."""

    scheme: str
    host: str
    path: str
    """Script name and path, decoded as WSGI gives them (PEP 3333: latin-1)."""
    query: str
    """Still percent-encoded; secrets in it replaced."""


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
