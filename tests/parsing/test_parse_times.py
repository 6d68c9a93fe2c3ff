from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.errors import QueryError
from flask_profiler.parsing.times import Clock, parse_since, parse_until

BERLIN = ZoneInfo("Europe/Berlin")


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


CLOCK = Clock(us("2026-11-22T14:03:45+01:00"), BERLIN)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("now", "2026-11-22T14:03:45+01:00"),
        ("90s", "2026-11-22T14:02:15+01:00"),
        ("15m", "2026-11-22T13:48:45+01:00"),
        ("1h30m", "2026-11-22T12:33:45+01:00"),
        ("2h ago", "2026-11-22T12:03:45+01:00"),
        ("2d", "2026-11-20T14:03:45+01:00"),
        ("today", "2026-11-22T00:00:00+01:00"),
        ("Yesterday", "2026-11-21T00:00:00+01:00"),
        ("@1795332107", "2026-11-22T07:21:47+00:00"),
        ("2026-11-01", "2026-11-01T00:00:00+01:00"),
        ("2026-11-22 14:00", "2026-11-22T14:00:00+01:00"),
        ("2026-11-22T14:00", "2026-11-22T14:00:00+01:00"),
        ("2026-11-22T14:00Z", "2026-11-22T14:00:00+00:00"),
        ("2026-11-22T14:00-05:00", "2026-11-22T14:00:00-05:00"),
        ("2026-07-01 12:00", "2026-07-01T12:00:00+02:00"),
    ],
)
def test_a_time_is_read_in_the_zone_of_the_clock(text: str, meant: str) -> None:
    assert parse_since(text, CLOCK) == us(meant)


def test_fractions_of_a_second_are_kept() -> None:
    assert parse_since("@1795332107.279", CLOCK) == 1_795_332_107_279_000
    assert parse_since("2026-11-22T14:00:00.250001Z", CLOCK) == (
        us("2026-11-22T14:00:00+00:00") + 250_001
    )


def test_all_has_no_beginning() -> None:
    assert parse_since("all", CLOCK) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-20", "2026-11-21T00:00:00+01:00"),
        ("yesterday", "2026-11-22T00:00:00+01:00"),
        ("today", "2026-11-23T00:00:00+01:00"),
        ("2026-11-20 10:00", "2026-11-20T10:00:00+01:00"),
        ("1h", "2026-11-22T13:03:45+01:00"),
    ],
)
def test_a_bare_date_as_until_is_the_end_of_that_day(text: str, meant: str) -> None:
    assert parse_until(text, CLOCK) == us(meant)


def test_a_day_on_which_the_clocks_change_is_23_or_25_hours_long() -> None:
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25)):
        since, until = parse_since(day, CLOCK), parse_until(day, CLOCK)
        assert since is not None
        assert until - since == hours * 3600 * 1_000_000


def test_yesterday_after_the_clocks_changed_begins_at_midnight() -> None:
    clock = Clock(us("2026-10-26T00:30:00+01:00"), BERLIN)
    assert parse_since("yesterday", clock) == us("2026-10-25T00:00:00+02:00")


@pytest.fixture
def in_new_york() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_new_york")
def test_the_zone_of_the_machine_counts_where_none_is_given() -> None:
    clock = Clock(CLOCK.now_us)
    assert parse_since("2026-07-01 12:00", clock) == us("2026-07-01T12:00:00-04:00")
    assert parse_since("2026-12-01 12:00", clock) == us("2026-12-01T12:00:00-05:00")
    assert clock.local(clock.now_us).utcoffset() == timedelta(hours=-5)


@pytest.mark.parametrize(
    "text",
    [
        "", "15", "yesterda", "2026-13-01", "2026-02-30", "14:05", "@", "@x",
        "@99999999999999", "@253402300800",
        "2026-11-22T25:00", "-15m", "tomorrow", "0000-01-01",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_what_could_be(text: str) -> None:
    for parse in (parse_since, parse_until):
        with pytest.raises(QueryError) as raised:
            parse(text, CLOCK)
        assert repr(text) in str(raised.value)
        assert "15m" in (raised.value.hint or "")


def test_the_last_day_of_the_calendar_has_no_end() -> None:
    with pytest.raises(QueryError):
        parse_until("9999-12-31", CLOCK)


def test_a_time_with_no_unit_says_so() -> None:
    with pytest.raises(QueryError, match="'15' has no unit"):
        parse_since("15", CLOCK)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    for clock in (CLOCK, Clock(CLOCK.now_us, UTC), Clock(CLOCK.now_us)):
        with suppress(QueryError):
            parse_until(text, clock)
