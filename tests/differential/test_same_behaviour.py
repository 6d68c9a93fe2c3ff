"""Random requests to random applications: with the profiler all is as without.

Deterministic, with few examples, unless `FLASK_PROFILER_TEST_EXAMPLES` says how many
are to be tried at random.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from asked import Asked
from asking import Got
from books import compared
from drawing import requests, shapes
from host_app import Shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twins import Settings

_WANTED = int(os.environ.get("FLASK_PROFILER_TEST_EXAMPLES", "0"))

bounded = settings(
    max_examples=_WANTED or 80,
    derandomize=not _WANTED,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return (tmp_path_factory.mktemp(f"store{n}") for n in iter(int, 1))


# Flask closes no uploads of a request that an exception ends, with or without us.
@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")
@bounded
@given(
    shape=shapes(),
    configured=st.builds(Settings, *[st.booleans()] * 6),
    asked=st.lists(requests(), min_size=1, max_size=4),
)
def test_nobody_can_tell_that_the_profiler_is_there(
    folder: Any,
    shape: Shape,
    configured: Settings,
    asked: list[Asked],
) -> None:
    """Server, client, hooks and views see the same, and the books balance."""
    with compared(shape, configured, next(folder) / "store.sql") as both:
        cookie: tuple[tuple[str, str], ...] = ()
        for number, drawn in enumerate(asked):
            one = replace(drawn, number=number, headers=drawn.headers + cookie)
            cookie = cookie_of(both.alike(one)) or cookie
        both.balance()


def cookie_of(got: Got) -> tuple[tuple[str, str], ...]:
    """Give the session's cookie as the client sends it with the next request."""
    for _, headers, _ in got.started:
        for name, value in headers:
            if name == "Set-Cookie" and value.startswith("session="):
                return (("HTTP_COOKIE", value.partition(";")[0]),)
    return ()
