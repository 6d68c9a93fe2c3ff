"""What Hypothesis draws: applications, configurations and requests."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from asked import Asked
from flask import Flask
from host_answers import BASE_ERRORS, ERRORS, answers
from host_app import METHODS, MIDDLEWARE, Shape
from host_hooks import ACTS
from hypothesis import strategies as st

_LATIN = st.text(st.characters(max_codepoint=255), max_size=12)
_UUID = "12345678-1234-5678-1234-567812345678"

_PATHS = st.one_of(
    st.sampled_from(
        [
            *("/sync", "/async", "/item/5", "/decorated", "/outer/inner/leaf"),
            *("/late", "/ignored/x", "/again/3", "/again/x", "/folder", "/folder/"),
            *("/nowhere", "", "/other", "//sync", f"/typed/{_UUID}/1.5/a/b"),
            *("/secret/hunter2", "/text/\xc3\xa9", "/text/\xff", "/sync/"),
        ]
    ),
    _LATIN.map(lambda text: f"/text/{text}"),
    _LATIN.map(lambda text: f"/{text}"),
)
_QUERIES = st.one_of(
    st.sampled_from(["", "a=1&a=2&b=", "token=x&%ff=%00", "&&=&;", "a=%c3%a9#x"]),
    _LATIN,
    st.text(max_size=8).map(lambda text: quote(text.encode("utf-8", "replace"))),
)
_VALUES = {
    "HTTP_HOST": ["localhost:8080", "evil/host", "\xe9", "a b", "[::1]:80", ""],
    "HTTP_RANGE": ["bytes=0-3", "bytes=-2", "bytes=99-", "bytes=x", "lines=1-2"],
    "HTTP_IF_NONE_MATCH": ["*", '"x"', 'W/"y", "z"'],
    "HTTP_IF_RANGE": ['"x"', "Thu, 01 Jan 2099 00:00:00 GMT"],
    "HTTP_IF_MODIFIED_SINCE": ["Thu, 01 Jan 2099 00:00:00 GMT", "soon"],
    "HTTP_COOKIE": ["a=1; a=2; b", 'session="x.y.z"', ";;=\xff", "session="],
    "HTTP_AUTHORIZATION": ["Basic dTpw", "Basic \xff", "Bearer t", "Digest a=b"],
    "HTTP_EXPECT": ["100-continue"],
    "HTTP_ACCEPT": ["application/json", "*/*;q=x"],
    "HTTP_X_FORWARDED_FOR": ["1.2.3.4", "unknown, \xe9"],
    "HTTP_X_FORWARDED_HOST": ["front.test", "bad host"],
    "HTTP_X_FORWARDED_PREFIX": ["/front", "\xe9"],
    "HTTP_REFERER": ["http://u:p@h/?token=1#f", "//\xff"],
    "HTTP_X_TWICE": ["1,2", "1, 2"],
    "HTTP_X_H\xc9": ["\xe9\x00"],
    "HTTP_CONTENT_ENCODING": ["gzip"],
    "SCRIPT_NAME": ["/mounted", "/\xff"],
    "REMOTE_PORT": [4711],
    "wsgi.url_scheme": ["https"],
    "custom.key": [("an", "object")],
}
_HEADERS = st.dictionaries(
    st.sampled_from(sorted(_VALUES)), st.integers(0, 9), max_size=4
).map(
    lambda drawn: tuple((k, _VALUES[k][i % len(_VALUES[k])]) for k, i in drawn.items())
)

_FILE = b'--b\r\nContent-Disposition: form-data; name="f"; filename="n"\r\n\r\n1\r\n'
_BODIES: dict[str, st.SearchStrategy[bytes]] = {
    "application/x-www-form-urlencoded": st.sampled_from(
        [b"a=1&password=2", b"a=%ff&a=\xff&=", b"&", b"a" * 5000]
    ),
    "multipart/form-data; boundary=b": st.sampled_from(
        [_FILE + b"--b--\r\n", _FILE, b"--b\r\n\r\n", b"junk"]
    ),
    "application/json": st.one_of(
        st.sampled_from([b'{"token": 1', b"[" * 900, b"1e999", b'"\\ud800"', b""]),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(st.text(max_size=5), inner, max_size=2)
            ),
            max_leaves=4,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    "text/plain; charset=latin-1": st.binary(max_size=20),
    "text/\xff; =;;": st.binary(max_size=5),
    "image/png": st.sampled_from([b"\x89PNG", b"\0" * 9000]),
    "": st.binary(max_size=20),
}
LENGTHS = (
    *("right",) * 12,
    *("more", "less", "none", "empty", "chunked", "chunked", "signed"),
    *("negative", "word", "digits", "long"),
)
READS = (
    *("nothing",) * 6,
    *("data", "uncached", "form", "files", "values", "json", "silent", "stream"),
    *("pieces", "lines", "input", "line", "iterate", "twice"),
)


ANSWERS = tuple(answers(Flask("names"), []))


def shapes() -> st.SearchStrategy[Shape]:
    """Draw how the application is made."""
    return st.builds(
        Shape,
        propagate=st.booleans(),
        debug=st.booleans(),
        middleware=st.frozensets(st.sampled_from(list(MIDDLEWARE)), max_size=2).map(
            lambda names: tuple(name for name in MIDDLEWARE if name in names)
        ),
    )


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """Draw a request, what the application does with it, and what the server."""
    content_type = draw(st.sampled_from(sorted(_BODIES)))
    with_body = draw(st.booleans())
    path = draw(_PATHS)
    headers: tuple[tuple[str, Any], ...] = draw(_HEADERS)
    if with_body and content_type:
        headers = (*headers, ("CONTENT_TYPE", content_type))
    return Asked(
        number=0,
        method=draw(st.sampled_from(["GET", "POST", *METHODS, "HEAD", "OPTIONS"])),
        path=path,
        query=draw(_QUERIES),
        headers=headers,
        removed=draw(st.sampled_from([frozenset()] * 5 + [frozenset({"REMOTE_ADDR"})])),
        body=draw(_BODIES[content_type]) if with_body else b"",
        length=draw(st.sampled_from(LENGTHS)) if with_body else "none",
        breaks_at=draw(st.sampled_from([None] * 6 + [1, 2])),
        file_wrapper=draw(st.sampled_from(["class", "function", "none"])),
        take=draw(st.sampled_from([None, None, None, 1, 2])),
        read=draw(st.sampled_from(READS)),
        answer=possible(draw(st.sampled_from(ANSWERS)), path),
        acts=draw(st.frozensets(st.sampled_from(ACTS), max_size=2)),
    )


def possible(answer: str, path: str) -> str:
    """Keep from coroutines what would end their event loop."""
    base = ERRORS.get(answer, Exception) in BASE_ERRORS
    return "raise ValueError" if path == "/async" and base else answer
