from __future__ import annotations

from typing import Any

import pytest

from flask_profiler.line import expand as module
from flask_profiler.line.encode import TOO_DEEP
from flask_profiler.measurement import Context, Measurement, Phases, Raised
from tests.lines import damaged, line, spooled


def expanded(**values: Any) -> Measurement:
    (measurement,) = spooled(line(**values))
    return measurement


def test_elapsed_is_the_sum_of_the_phases() -> None:
    measurement = expanded(phases=(1, 20, 300, 4000))
    assert measurement.elapsed_us == 4321
    assert measurement.phases == Phases(before=1, view=20, after=300, stream=4000)


def test_without_phases_elapsed_is_what_was_measured() -> None:
    measurement = expanded(phases=None, elapsed=7)
    assert (measurement.elapsed_us, measurement.phases) == (7, None)


def test_what_a_request_noted_is_there() -> None:
    measurement = expanded(
        endpoint="shop.product",
        status=500,
        error=True,
        size=12,
        raised=("KeyError", "'x'"),
        kwargs={"id": 3},
        args=(1,),
        pid=11,
    )
    assert (measurement.endpoint, measurement.status) == ("shop.product", 500)
    assert (measurement.error, measurement.size) == (True, 12)
    assert measurement.raised == Raised("KeyError", "'x'")
    assert (measurement.kwargs, measurement.args) == ({"id": 3}, (1,))
    assert (measurement.pid, measurement.host) == (11, "h")


def test_the_context_has_the_names_that_1x_used() -> None:
    context = expanded(
        endpoint="getProduct",
        query="q=1",
        environ={
            "wsgi.url_scheme": "http",
            "SERVER_NAME": "10.0.0.1",
            "SERVER_PORT": "80",
            "SCRIPT_NAME": "/shop",
            "PATH_INFO": "/product/1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost:5000",
            "HTTP_USER_AGENT": "curl",
            "CONTENT_TYPE": "text/plain",
            "HTTP_X_REQUEST_ID": "7",
        },
        redacted=["HTTP_COOKIE"],
        form={"a": "b"},
        body="text",
    ).context
    assert context.url == "http://localhost:5000/shop/product/1?q=1"
    assert context.args == {"q": "1"}
    assert context.headers == {
        "Cookie": "[redacted]",
        "Host": "localhost:5000",
        "User-Agent": "curl",
        "Content-Type": "text/plain",
        "X-Request-Id": "7",
    }
    assert (context.form, context.body) == ({"a": "b"}, "text")
    assert (context.func, context.ip) == ("getProduct", "127.0.0.1")


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({"HTTP_HOST": "given:1", "SERVER_NAME": "s"}, "http://given:1/p"),
        ({"HTTP_HOST": "", "SERVER_NAME": "s", "SERVER_PORT": "8"}, "http://s:8/p"),
        ({"SERVER_NAME": "s", "SERVER_PORT": "8"}, "http://s:8/p"),
        ({"host": "unseen:2", "SERVER_NAME": "s"}, "http://unseen:2/p"),
        ({"HTTP_HOST": "h", "wsgi.url_scheme": "https"}, "https://h/p"),
        ({"HTTP_HOST": "h", "SCRIPT_NAME": "/caf\u00c3\u00a9"}, "http://h/caf%C3%A9/p"),
    ],
)
def test_a_url_is_put_together_of_what_wsgi_gives(
    environ: dict[str, str], url: str
) -> None:
    assert expanded(environ=environ | {"PATH_INFO": "/p"}).context.url == url


def test_with_headers_switched_off_there_are_none_but_a_url() -> None:
    context = expanded(environ={"PATH_INFO": "/p", "host": "h"}).context
    assert (context.url, context.headers) == ("http://h/p", {})


def test_what_wsgi_did_not_give_is_left_out() -> None:
    context = expanded(environ={"HTTP_A": "b"}, query="q=1").context
    assert context == Context(args={"q": "1"}, headers={"A": "b"})


def test_what_a_server_gives_that_is_no_text_is_shown_as_text() -> None:
    environ = {"PATH_INFO": "/", "HTTP_HOST": "h", "REMOTE_ADDR": None, "HTTP_DNT": 1}
    context = expanded(environ=environ).context
    assert (context.ip, context.headers) == (None, {"Host": "h", "Dnt": "1"})


def test_a_context_given_by_hand_keeps_what_fits_and_the_rest_as_extra() -> None:
    context = expanded(
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
    context = expanded(context={"headers": {"A": 1}}).context
    assert (context.headers, context.extra) == ({}, {"headers": {"A": 1}})


def test_names_of_headers_that_clients_invent_do_not_fill_the_memory() -> None:
    for number in range(3000):
        expanded(environ={f"HTTP_X_{number}": ""})
    assert len(module._names) <= 2000


NOT_SEEN: list[object] = [
    5,
    None,
    "text",
    [],
    {"kind": "kept", "body": "x"},
    {"kind": "seen", "form": []},
    {"kind": "seen", "values": 1},
    {"kind": "seen", "raised": ["only one"]},
    {"kind": "seen", "names": {"PATH_INFO": 1}, "values": ["/"]},
    {"kind": "seen", "names": ["PATH_INFO", 1], "values": ["/", "x"]},
    {"kind": "seen", "names": ["PATH_INFO"], "values": ["/"], "redacted": 1},
]


@pytest.mark.parametrize("seen", NOT_SEEN)
def test_where_what_was_seen_is_damaged_the_context_is_empty(seen: object) -> None:
    (measurement,) = spooled(damaged(seen=seen, status=404))
    assert measurement.context == Context()
    assert (measurement.status, measurement.raised, measurement.args) == (404, None, ())


def test_more_names_than_values_are_read_as_far_as_both_go() -> None:
    seen = {"kind": "seen", "names": ["HTTP_A", "HTTP_B"], "values": ["a"]}
    (measurement,) = spooled(damaged(seen=seen))
    assert measurement.context.headers == {"A": "a"}


@pytest.mark.parametrize("kwargs", [5, None, "text", [], [1]])
def test_damaged_arguments_are_none(kwargs: object) -> None:
    (measurement,) = spooled(damaged(kwargs=kwargs))
    assert measurement.kwargs == {}


def test_what_is_nested_too_deeply_is_cut_off_and_its_neighbours_are_kept() -> None:
    levels = b"[" * 500 + b"]" * 500
    held = {"deep": "@", "other": 1}
    raw = damaged(kwargs=held, seen={"kind": "seen", "form": held, "body": "b"})
    (measurement,) = spooled(raw.replace(b'"@"', levels))
    for cut in (measurement.kwargs, measurement.context.form):
        assert TOO_DEEP in str(cut["deep"])
        assert cut["other"] == 1
    assert measurement.context.body == "b"
