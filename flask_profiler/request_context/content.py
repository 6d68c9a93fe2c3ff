"""The body of a request: its form, its text, or its type and size, redacted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from flask_profiler.measurement import Json
from flask_profiler.redaction import REDACTED, Names

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_TEXTS = frozenset(
    {"", "application/xml", "application/javascript", "application/graphql"}
)
_MOST_FIELDS = 200

_CONTAINERS = frozenset({dict, list})
_ASSIGNED = re.compile(r"""([\w.\[\]%+-]+)["']?\s*[:=>]""")
"""A name before its value, as in `a=1`, `"a": 1`, `a: 1` and `<a>1`."""


@dataclass(slots=True)
class Content:
    """What is kept of a body."""

    form: dict[str, Json] = field(default_factory=dict)
    body: str = ""


NOTHING = Content()


def is_json(mimetype: str) -> bool:
    """Tell whether a body of this type is JSON."""
    return mimetype == "application/json" or mimetype.endswith("+json")


def is_legible(mimetype: str) -> bool:
    """Tell whether a body of this type is a form, JSON or text."""
    return (
        mimetype in _FORMS
        or mimetype in _TEXTS
        or mimetype.startswith("text/")
        or mimetype.endswith("+xml")
        or is_json(mimetype)
    )


def type_and_size(mimetype: str, size: int | None) -> str:
    """Describe a body that is not kept: `[image/png, 2048 bytes]`."""
    length = "unknown size" if size is None else f"{size} bytes"
    return f"[{mimetype or 'no type'}, {length}]"


def content_of_form(
    form: MultiDict[str, str], names: Names, max_chars: int
) -> dict[str, Json]:
    """Give the fields of a parsed form; one that is there twice has a list."""
    fields: dict[str, Json] = {}
    left = max_chars
    for name, values in islice(form.lists(), _MOST_FIELDS):
        kept = [REDACTED if names.secret(name) else value for value in values]
        left -= len(name) + sum(map(len, kept))
        if left < 0:
            kept = [f"[{len(value)} characters]" for value in kept[:_MOST_FIELDS]]
        fields[name[:200]] = kept[0] if len(kept) == 1 else kept
    return fields


def content_of_bytes(
    data: bytes, content_type: str, names: Names, max_body: int
) -> Content:
    """Give what is kept of a body whose bytes are here."""
    mimetype, options = parse_options_header(content_type)
    mimetype = mimetype.lower()
    if len(data) > max_body or not is_legible(mimetype):
        return Content(body=type_and_size(mimetype, len(data)))
    if mimetype in _FORMS:
        parser = FormDataParser(silent=True)
        _, form, _ = parser.parse(BytesIO(data), mimetype, len(data), options)
        return Content(form=content_of_form(form, names, max_body))
    text = _text(data, mimetype, names)
    return Content(body=type_and_size(mimetype, len(data)) if text is None else text)


def _text(data: bytes, mimetype: str, names: Names) -> str | None:
    """Give the text without its secrets; `None` where they can't be told apart."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if "\0" in text:
        return None
    try:
        return json_text(text, names)
    except (msgspec.DecodeError, RecursionError):
        if is_json(mimetype):
            return None
    if any(names.secret(name) for name in _ASSIGNED.findall(text)):
        return None
    return text


def json_text(text: str, names: Names) -> str:
    """Give a JSON text with the values under secret names replaced, at any depth.

    Raises `msgspec.DecodeError` or `RecursionError` for what can't be read.
    """
    value = msgspec.json.decode(text)
    brackets = text.count("{") + text.count("[")
    seen, redacted = _redact_inside(value, names, brackets)
    # Fewer containers than brackets: some stand in texts, or of two members with one
    # name the first was dropped, which has not been looked at.
    if redacted or seen < brackets:
        return msgspec.json.encode(value).decode()
    return text


def _redact_inside(value: Json, names: Names, most: int) -> tuple[int, bool]:
    """Redact in place, level by level, until `most` containers have been seen.

    Tells how many were seen, and whether there was anything to redact.
    """
    seen, found = 0, False
    level = [value] if type(value) in _CONTAINERS else []
    while level:
        seen += len(level)
        mappings = [item for item in level if type(item) is dict]
        if not names.harmless.issuperset(chain.from_iterable(mappings)):
            for mapping in mappings:
                found |= _redact_values(mapping, names)
        if seen >= most:
            break
        lists = [item for item in level if type(item) is list]
        inside = chain(chain.from_iterable(map(dict.values, mappings)), *lists)
        level = [item for item in inside if type(item) in _CONTAINERS]
    return seen, found


def _redact_values(container: dict[str, Json], names: Names) -> bool:
    secrets = [name for name in container if names.secret(name)]
    for name in secrets:
        container[name] = REDACTED
    return bool(secrets)
