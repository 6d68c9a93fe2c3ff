from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.errors import QueryError
from flask_profiler.parsing.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("300us", 300),
        ("300µs", 300),
        ("300\N{GREEK SMALL LETTER MU}s", 300),
        ("8.2ms", 8_200),
        (".5s", 500_000),
        ("1.5 S", 1_500_000),
        ("2m05s", 125_000_000),
        ("1h30m", 5_400_000_000),
        ("1h 30m", 5_400_000_000),
        ("2d", 172_800_000_000),
        ("1w", 604_800_000_000),
        ("0ms", 0),
    ],
)
def test_a_duration_is_read_in_microseconds(text: str, us: int) -> None:
    assert parse_duration(text) == us


@pytest.mark.parametrize("text", ["300", "1.5"])
def test_the_unit_of_a_duration_is_never_guessed(text: str) -> None:
    with pytest.raises(QueryError, match="has no unit") as raised:
        parse_duration(text)
    assert raised.value.hint is not None
    assert f"{text}ms" in raised.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ms",
        "-5ms",
        "1e5ms",
        "nans",
        "inf",
        "5 parsecs",
        "30m1h",
        "1s1s",
        "1h30",
        "5ms!",
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse_duration(text)


def test_a_duration_that_an_engine_could_not_hold_is_refused() -> None:
    with pytest.raises(QueryError, match="hundred years"):
        parse_duration("99999999999999999999d")


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    with suppress(QueryError):
        assert parse_duration(text) >= 0
