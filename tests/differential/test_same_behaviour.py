"""Random requests to random applications: with the profiler all is as without.

Deterministic, with few examples, unless `FLASK_PROFILER_TEST_EXAMPLES` says how many
are to be tried at random.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import pytest
from asked import Asked
from asking import Got
from drawing import requests, shapes
from flask import Flask
from host_answers import answers
from host_app import Shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twins import Settings, Twins, twins

_WANTED = int(os.environ.get("FLASK_PROFILER_TEST_EXAMPLES", "0"))
Stored = tuple[int, str, str, int | None]

_ANSWERS = tuple(answers(Flask("names"), []))

# Where its hooks fail, the application leaves files open, with us or without.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)

bounded = settings(
    max_examples=_WANTED or 120,
    derandomize=not _WANTED,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return (tmp_path_factory.mktemp(f"store{n}") for n in iter(int, 1))


@pytest.mark.swallows
@bounded
@given(
    shape=shapes(),
    configured=st.builds(Settings, *[st.booleans()] * 6),
    asked=st.lists(requests(_ANSWERS), min_size=1, max_size=4),
)
def test_nobody_can_tell_that_the_profiler_is_there(
    folder: Any,
    swallowed: list[Exception],
    shape: Shape,
    configured: Settings,
    asked: list[Asked],
) -> None:
    """Server, client, hooks and views see the same, and the books balance."""
    with twins(shape, configured, next(folder) / "store.sql") as both:
        expected: list[Stored] = []
        open_: set[int] = set()
        cookie: tuple[tuple[str, str], ...] = ()
        for number, drawn in enumerate(asked):
            one = replace(drawn, number=number, headers=drawn.headers + cookie)
            got = asked_alike(both, one)
            assert all(is_reset(error) for error in swallowed), swallowed
            expected += expected_of(both, one, got)
            cookie = cookie_of(got) or cookie
            if may_be_missing(one, shape):
                open_ |= {number, number + 500}
        stored = [row for row in both.stored() if row[0] not in open_]
        wanted = sorted(row for row in expected if row[0] not in open_)
        assert stored == wanted, (stored, wanted)


def asked_alike(both: Twins, asked: Asked) -> Got:
    """Ask both; fail at the first thing in which they differ."""
    plain, profiled = both.ask(asked)
    assert profiled == plain, (profiled, plain)
    pairs = zip_longest(*both.noted())
    differing = next(((one, two) for one, two in pairs if one != two), None)
    assert differing is None, differing
    return profiled


def is_reset(error: BaseException) -> bool:
    """Tell whether a client left before `unread` could read his body."""
    return isinstance(error, ConnectionResetError)


def may_be_missing(asked: Asked, shape: Shape) -> bool:
    """Tell whether nobody can say which route the request is for.

    Flask fails before it tells of the route; or the body is not asked for, and the
    middleware waits for that to call the application.
    """
    if asked.method == "HEAD" and "lazy" in shape.middleware:
        return True
    return not asked.acts.isdisjoint({"session fails", "started raises"})


def expected_of(both: Twins, asked: Asked, got: Got) -> list[Stored]:
    """Say what has to be stored of a request, and of those made inside of it."""
    expected: list[Stored] = []
    name = both.name_of(asked)
    if name is not None:
        other = name == "(unmatched)" and asked.method == "BREW"
        method = "(other)" if other else asked.method
        expected.append((asked.number, method, name, got.status()))
    for kind, *values in both.plain.log:
        if kind == "inside":
            inner, method, status = values
            if both.measures(inner, asked):
                expected.append((asked.number + 500, method, inner, status))
    return expected


def cookie_of(got: Got) -> tuple[tuple[str, str], ...]:
    """Give the session's cookie as the client sends it with the next request."""
    for _, headers, _ in got.started:
        for name, value in headers:
            if name == "Set-Cookie" and value.startswith("session="):
                return (("HTTP_COOKIE", value.partition(";")[0]),)
    return ()
