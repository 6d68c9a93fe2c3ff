"""The context of a request in words."""

from __future__ import annotations

from flask_profiler.matching import text_of
from flask_profiler.measurement import Json, Measurement
from flask_profiler.redaction import REDACTED
from flask_profiler.serialize import clean, to_json

_LONG_BODY = 200


def context_facts(m: Measurement) -> list[tuple[str, str]]:
    """Give the context uncut: a name and a text for each of its values."""
    context = m.context
    known: list[tuple[str, str]] = []
    known += [("args", _quoted(item)) for item in m.args]
    known += [("kwargs", f"{key}={_quoted(item)}") for key, item in m.kwargs.items()]
    known += [("query", f"{key}={_text(item)}") for key, item in context.args.items()]
    known += [("form", f"{key}={_text(item)}") for key, item in context.form.items()]
    known += [("extra", f"{key}={_text(item)}") for key, item in context.extra.items()]
    known += [("body", context.body)] if context.body else []
    known += [("header", f"{key}: {text}") for key, text in context.headers.items()]
    return known


def context_line(m: Measurement) -> str:
    """Give the context in short: headers counted, a long body cut."""
    parts: dict[str, list[str]] = {}
    for name, text in context_facts(m):
        parts.setdefault(name, []).append(text)
    headers = parts.pop("header", [])
    said = [f"{name} {_short(', '.join(texts))}" for name, texts in parts.items()]
    if headers:
        redacted = sum(REDACTED in text for text in headers)
        hidden = f", {redacted} redacted" if redacted else ""
        said.append(f"headers ({len(headers)}{hidden}; -w to show)")
    return " · ".join(said)


def _short(text: str) -> str:
    return text if len(text) <= _LONG_BODY else f"{text[:_LONG_BODY]}… (-w to show)"


def _quoted(value: Json) -> str:
    return repr(value) if isinstance(value, str) else _text(value)


def _text(value: Json) -> str:
    if isinstance(value, dict | list):
        return to_json(clean(value))
    return text_of(value)
