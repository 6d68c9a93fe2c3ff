from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.measurement import Phases, Raised
from flask_profiler.spool import expand as module
from flask_profiler.spool.expand import expand, query_args, url_text
from flask_profiler.spool.line import Line, Url


def line(**values: Any) -> Line:
    plain: dict[str, Any] = {
        "uid": "0" * 24,
        "started": 5,
        "phases": (1, 20, 300, 4000),
        "method": "GET",
        "name": "/",
        "pid": 11,
        "host": "h",
    }
    return Line(**(plain | values))


def test_elapsed_is_the_sum_of_the_phases() -> None:
    measurement = expand(line())
    assert measurement.elapsed_us == 4321
    assert measurement.phases == Phases(before=1, view=20, after=300, stream=4000)


def test_without_phases_elapsed_is_what_was_measured() -> None:
    measurement = expand(line(phases=None, elapsed=7))
    assert (measurement.elapsed_us, measurement.phases) == (7, None)


def test_what_a_request_noted_is_there() -> None:
    measurement = expand(
        line(
            endpoint="shop.product",
            status=500,
            error=True,
            size=12,
            raised=("KeyError", "'x'"),
            kwargs={"id": 3},
            args=(1,),
        )
    )
    assert (measurement.endpoint, measurement.status) == ("shop.product", 500)
    assert (measurement.error, measurement.size) == (True, 12)
    assert measurement.raised == Raised("KeyError", "'x'")
    assert (measurement.kwargs, measurement.args) == ({"id": 3}, (1,))
    assert (measurement.pid, measurement.host) == (11, "h")


def test_the_context_has_the_names_that_1x_used() -> None:
    context = expand(
        line(
            endpoint="getProduct",
            url=Url("http", "localhost:5000", "/product/1", "q=1"),
            headers={
                "HTTP_USER_AGENT": "curl",
                "CONTENT_TYPE": "text/plain",
                "HTTP_X_REQUEST_ID": "7",
            },
            form={"a": "b"},
            body="text",
            ip="127.0.0.1",
        )
    ).context
    assert context.url == "http://localhost:5000/product/1?q=1"
    assert context.args == {"q": "1"}
    assert context.headers == {
        "User-Agent": "curl",
        "Content-Type": "text/plain",
        "X-Request-Id": "7",
    }
    assert (context.form, context.body) == ({"a": "b"}, "text")
    assert (context.func, context.ip) == ("getProduct", "127.0.0.1")


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


def test_a_context_given_by_hand_keeps_what_fits_and_the_rest_as_extra() -> None:
    context = expand(
        line(
            context={
                "url": "u",
                "args": {"a": 1},
                "form": [1],
                "body": 5,
                "headers": {"A": "b"},
                "func": "f",
                "ip": None,
                "extra": "mine",
                "job": 3,
            }
        )
    ).context
    assert (context.url, context.args, context.func) == ("u", {"a": 1}, "f")
    assert context.headers == {"A": "b"}
    assert context.extra == {
        "form": [1],
        "body": 5,
        "ip": None,
        "extra": "mine",
        "job": 3,
    }


def test_headers_given_by_hand_that_are_no_text_are_extra() -> None:
    context = expand(line(context={"headers": {"A": 1}})).context
    assert (context.headers, context.extra) == ({}, {"headers": {"A": 1}})


def test_names_of_headers_that_clients_invent_do_not_fill_the_memory() -> None:
    for number in range(3000):
        expand(line(headers={f"HTTP_X_{number}": ""}))
    assert len(module._names) <= 2000
