from __future__ import annotations

import pytest

from flask_profiler.errors import QueryError
from flask_profiler.parsing.conditions import parse_limit, parse_pair, parse_status


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("200", 200, 200),
        ("5xx", 500, 599),
        ("4XX", 400, 499),
        ("400-404", 400, 404),
        (">=400", 400, 999),
        ("> 400", 401, 999),
        ("<400", 100, 399),
        ("<=404", 100, 404),
    ],
)
def test_a_status_is_a_range(text: str, low: int, high: int) -> None:
    status = parse_status(text)
    assert (status.low, status.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "6",
        "xx",
        "0xx",
        "20",
        "2000",
        "5x",
        "=200",
        "404-400",
        "<100",
        ">999",
        "٢٠٠",
    ],
)
def test_what_is_no_status_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="not a status"):
        parse_status(text)


def test_the_value_of_a_pair_may_be_empty_and_hold_further_signs() -> None:
    assert parse_pair("id=") == ("id", "")
    assert parse_pair("q=a=b") == ("q", "a=b")


@pytest.mark.parametrize("text", ["", "id", "=1"])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="KEY=VALUE"):
        parse_pair(text)


def test_a_limit_is_a_number_or_all() -> None:
    assert parse_limit("50") == 50
    assert parse_limit("All") is None


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "many", "99999999999", "1e3"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="rows"):
        parse_limit(text)
