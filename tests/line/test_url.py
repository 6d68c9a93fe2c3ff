from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.line.url import Url, query_args, url_text


@pytest.mark.parametrize(
    ("path", "query", "url"),
    [
        ("/plain/path", "", "http://h/plain/path"),
        ("/a b", "", "http://h/a%20b"),
        ("/100%/?", "", "http://h/100%25/%3F"),
        ("/caf\u00c3\u00a9", "", "http://h/caf%C3%A9"),
        ("/euro/\u20ac", "", "http://h/euro/%E2%82%AC"),
        ("/lone/\udc80", "", "http://h/lone/%5Cudc80"),
        ("/[redacted]", "key=[redacted]", "http://h/[redacted]?key=[redacted]"),
        ("/", "a=%20b&c", "http://h/?a=%20b&c"),
        ("/", "a=\u00c3\u00a9 \n", "http://h/?a=%C3%A9%20%0A"),
    ],
)
def test_a_url_is_percent_encoded_where_it_must_be(
    path: str, query: str, url: str
) -> None:
    assert url_text(Url("http", "h", path, query)) == url


@pytest.mark.parametrize(
    ("query", "args"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2&a=3&b", {"a": ["1", "2", "3"], "b": ""}),
        ("a=x+y&a=%C3%A9", {"a": ["x y", "\u00e9"]}),
        ("a=%ff", {"a": "\ufffd"}),
        ("&&=&a==", {"": "", "a": "="}),
        ("a=\u00c3\u00a9&b", {"a": "\u00e9", "b": ""}),
        ("", {}),
    ],
)
def test_one_value_is_text_and_several_are_a_list(
    query: str, args: dict[str, object]
) -> None:
    assert query_args(query) == args


@given(st.text(alphabet="ab=&%+;?2"))
def test_a_query_reads_as_the_standard_library_reads_it(query: str) -> None:
    read = {
        key: value if isinstance(value, list) else [value]
        for key, value in query_args(query).items()
    }
    assert read == parse_qs(query, keep_blank_values=True)
