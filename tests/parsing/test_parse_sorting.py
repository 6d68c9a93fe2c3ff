from __future__ import annotations

import pytest

from flask_profiler.errors import QueryError
from flask_profiler.parsing.sorting import LISTING_FIELDS, parse_order, parse_sort
from flask_profiler.query import Sort, SortKey
from flask_profiler.reports.summary import SUMMARY_FIELDS


def keys(text: str) -> list[tuple[str, bool]]:
    return [(key.field, key.descending) for key in parse_sort(text).keys]


def test_the_direction_belongs_to_the_field_before_it() -> None:
    assert keys("elapsed,desc,method,name,asc") == [
        ("elapsed", True),
        ("method", False),
        ("name", False),
    ]


def test_a_sort_as_1x_wrote_it_means_what_it_meant() -> None:
    assert parse_sort("elapsed,desc") == Sort((SortKey("elapsed", descending=True),))
    assert parse_sort("startedAt,asc") == Sort((SortKey("started_at"),))


def test_a_dash_before_a_field_means_descending() -> None:
    assert keys("-elapsed,method") == [("elapsed", True), ("method", False)]


@pytest.mark.parametrize(
    "text", ["startedAt", "started_at", "STARTEDAT", "started-at", " started "]
)
def test_the_spelling_of_a_field_is_not_minded(text: str) -> None:
    assert keys(text) == [("started_at", False)]


def test_an_unknown_field_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(QueryError) as raised:
        parse_sort("elapsd,desc")
    assert str(raised.value) == (
        "No field 'elapsd'. Did you mean 'elapsed'? "
        f"Fields: {', '.join(LISTING_FIELDS)}."
    )


@pytest.mark.parametrize(
    "text",
    ["", ",", "elapsed,", "desc", "elapsed,desc,desc", "-elapsed,desc", "elapsed;drop"],
)
def test_what_is_no_sort_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="field"):
        parse_sort(text)


@pytest.mark.parametrize(
    ("text", "field"),
    [("avgElapsed", "average_us"), ("avg", "average_us"), ("count", "count")],
)
def test_summaries_sort_by_the_names_of_1x_and_by_ours(text: str, field: str) -> None:
    assert parse_order(text, SUMMARY_FIELDS)[0].field == field
