from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from flask_profiler.cli.charts import axis, share_bar, span_bar, trend_line
from flask_profiler.cli.layout import allocate, fitted, wrapped
from flask_profiler.cli.sheet import Column

NAME: Column[str] = Column("Route", lambda row: (row, ""), comfort=20)
URL: Column[str] = Column("URL", lambda row: (row, ""), comfort=10)
FIGURE: Column[str] = Column("p50", lambda row: (row, ""), right=True)
EXTRA: Column[str] = Column("Max", lambda row: (row, ""), right=True, dropped=1)
FIRST_TO_GO: Column[str] = Column("trend", lambda row: (row, ""), dropped=2)
COLUMNS = (NAME, FIGURE, EXTRA, FIRST_TO_GO, URL)


def test_every_column_has_its_natural_width_where_there_is_room() -> None:
    layout = allocate(COLUMNS, [30, 6, 6, 12, 40], 200)
    assert (layout.widths, layout.hidden) == ((30, 6, 6, 12, 40), ())
    assert allocate(COLUMNS, [300, 6, 6, 12, 40], None).widths[0] == 300


def test_columns_are_dropped_before_a_name_gets_uncomfortable() -> None:
    layout = allocate(COLUMNS, [30, 6, 6, 12, 40], 50)
    assert layout.hidden == (3,)
    assert layout.columns == (0, 1, 2, 4)
    assert allocate(COLUMNS, [30, 6, 6, 12, 40], 40).hidden == (3, 2)


@given(
    st.lists(st.integers(1, 60), min_size=5, max_size=5),
    st.integers(50, 200),
)
def test_a_table_is_never_wider_than_its_terminal(
    natural: list[int], width: int
) -> None:
    natural[1:4] = [min(n, 12) for n in natural[1:4]]
    layout = allocate(COLUMNS, natural, width)
    assert sum(layout.widths) + 2 * (len(layout.widths) - 1) <= width
    for position, given_ in zip(layout.columns, layout.widths, strict=True):
        assert given_ == natural[position] or position in {0, 4}


@given(st.text(max_size=30), st.integers(2, 20), st.booleans())
def test_a_fitted_text_fills_exactly_its_cells(
    text: str, width: int, right: bool
) -> None:
    printable = "".join(c for c in text if c.isprintable())
    assert cell_len(fitted(printable, width, right=right)) == width


def test_a_wide_character_is_not_cut_in_half() -> None:
    assert fitted("日本語", 4) == "日 …"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two three", ["one two", "three"]),
        ("a longer-than-line b", ["a", "longer-t", "han-line", "b"]),
        ("longer-than-line", ["longer-t", "han-line"]),
    ],
)
def test_a_text_is_wrapped_at_blanks(text: str, lines: list[str]) -> None:
    assert wrapped(text, 8) == lines


def test_a_share_is_a_bar() -> None:
    assert share_bar(0.32, 8) == "███·····"
    assert share_bar(0, 8) == "········"
    assert share_bar(1.1, 8) == "████████"


def test_a_trend_has_its_highest_value_full_and_gaps_blank() -> None:
    assert trend_line([0.0, 5.0, None, 10.0]) == "▁▅ █"
    assert trend_line([None, 0.0]) == " ▁"
    assert trend_line([]) == ""


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 60))
def test_a_phase_however_short_is_seen_inside_its_line(
    one: float, other: float, cells: int
) -> None:
    bar = span_bar(min(one, other), max(one, other), cells)
    assert bar.strip()
    assert len(bar) <= cells


def test_a_phase_lies_where_it_was() -> None:
    assert span_bar(0, 0.5, 4) == "██"
    assert span_bar(0.5, 1, 4) == "  ██"
    assert span_bar(0.25, 0.625, 4) == " █▌"
    assert span_bar(0.125, 0.25, 4) == "▐"


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (412_000, "0      103       206      309     412ms"),
        (1_420_000, "0      0.355     0.71     1.06    1.42s"),
        (400, "0      100       200      300     400µs"),
        (125_000_000, "0      31.2s     1m02s    1m34s   2m05s"),
    ],
)
def test_an_axis_has_its_quarters_in_one_unit(us: int, text: str) -> None:
    assert axis(us, 44).split() == text.split()
    assert len(axis(us, 44)) == 44


def test_a_short_axis_leaves_out_what_would_touch() -> None:
    assert axis(412_000, 10) == "0    412ms"
