from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.formatting import (
    ago_text,
    count_text,
    date_text,
    elapsed_text,
    milliseconds_text,
    number_of,
    percent_text,
    rate_text,
    size_text,
    span_text,
    visible,
)


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0µs"), (1, "1µs"), (300, "300µs"), (999.4, "999µs"), (999.6, "1.00ms"),
        (8_200, "8.20ms"), (9_996, "10.0ms"), (58_000, "58.0ms"), (99_960, "100ms"),
        (381_000, "381ms"), (999_499, "999ms"), (999_500, "1.00s"),
        (1_420_000, "1.42s"), (59_940_000, "59.9s"), (59_960_000, "1m00s"),
        (125_000_000, "2m05s"), (3_599_600_000, "1h00m"), (7_380_000_000, "2h03m"),
        (90_000_000_000, "25h00m"),
    ],
)  # fmt: skip
def test_a_time_has_three_significant_figures(us: float, text: str) -> None:
    assert elapsed_text(us) == text


@given(st.integers(0, 10**13))
def test_a_time_as_text_is_within_half_a_percent(us: int) -> None:
    units = {"µs": 1, "ms": 1e3, "s": 1e6, "m": 6e7, "h": 3.6e9}
    parts = re.findall(r"([0-9.,]+)(µs|ms|s|m|h)", elapsed_text(us))
    shown = sum(float(number.replace(",", "")) * units[unit] for number, unit in parts)
    assert abs(shown - us) <= max(0.0091 * us, 0.5)


def test_figures_read_well() -> None:
    assert milliseconds_text(8_200) == "8.200"
    assert count_text(48_210) == "48,210"
    assert number_of(1, "route") == "1 route"
    assert number_of(1_204, "route") == "1,204 routes"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0%"), (0.0001, "<0.1%"), (0.0005, "0.1%"), (0.32, "32.0%"),
     (0.9994, "99.9%"), (0.9999, ">99.9%"), (1, "100.0%")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_nothing_or_all(share: float, text: str) -> None:
    assert percent_text(share) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0, "0.00"), (0.0001, "<0.001"), (0.04, "0.040"), (0.9999, "1.00"),
     (13.39, "13.4"), (999.6, "1,000"), (12_345.6, "12,346")],
)  # fmt: skip
def test_a_rate_has_three_figures(rate: float, text: str) -> None:
    assert rate_text(rate) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (12_340, "12.3 kB"), (999_499, "999 kB"),
     (999_500, "1.00 MB"), (4_000_000_000, "4.00 GB"), (5 * 10**15, "5000 TB")],
)  # fmt: skip
def test_a_size_has_its_unit(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (-5, "0s"), (1, "1s"), (90, "1m30s"), (3600, "1h"), (5400, "1h30m"),
     (604_800, "7d"), (90_061, "1d1h")],
)  # fmt: skip
def test_a_span_has_at_most_two_units(seconds: int, text: str) -> None:
    assert span_text(seconds * 1_000_000) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "just now"), (0, "just now"), (1, "1 second ago"), (120, "2 minutes ago"),
     (3600, "1 hour ago"), (200_000, "2 days ago")],
)  # fmt: skip
def test_the_past_is_told_in_words(seconds: int, text: str) -> None:
    assert ago_text(0, seconds * 1_000_000) == text


def test_a_date_has_milliseconds_and_its_offset() -> None:
    zone = timezone(timedelta(hours=-9, minutes=-30))
    moment = datetime(2026, 11, 22, 15, 1, 44, 120_999, tzinfo=zone)
    assert date_text(moment) == "2026-11-22 15:01:44.120 -09:30"
    assert date_text(moment.astimezone(UTC)).endswith("+00:00")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/caf\N{LATIN SMALL LETTER E WITH ACUTE}", "/café"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\x9b31m\x7f", r"a\x9b31m\x7f"),
        ("a\r\n\tb\0", r"a\x0d\x0a\x09b\x00"),
        ("a\u202eb\u2066\u200b\u2028", r"a\u202eb\u2066\u200b\u2028"),
        ("\udcff", r"\udcff"),
        ("\U000e0001", r"\U000e0001"),
        ("日本 [bold] <id>", "日本 [bold] <id>"),
    ],
)
def test_what_acts_on_a_terminal_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown
