from __future__ import annotations

import csv
import io
import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_engine import Make

from flask_profiler.measurement import Context, Phases, Raised
from flask_profiler.results import RouteSummary
from flask_profiler.serialize import (
    clean,
    flat,
    measurement_as_json,
    route_as_json,
    to_json,
)

ROUTE = RouteSummary(
    "GET", "/product/<id>", 3, 1, 30_351, 10_117.0, 10_000, 10_234,
    10_101.4, 10_234.0, 10_234.0, 0.5, 0.25,
)  # fmt: skip


def test_a_measurement_has_the_names_and_units_of_1x_and_ours(make: Make) -> None:
    context = Context(
        url="http://h/product/1?q=1", args={"q": "1"}, headers={"Host": "h"},
        func="getProduct", ip="127.0.0.1", extra={"job": 7},
    )  # fmt: skip
    m = make(
        10_117, name="/product/<id>", endpoint="getProduct", kwargs={"id": "1"},
        context=context, phases=Phases(117, 9_000, 1_000, 0), size=3, id=1, pid=5,
        host="web", error=True, raised=Raised("E", "no"), status=500,
    )  # fmt: skip
    m = msgspec.structs.replace(m, started_us=1_795_332_107_279_001)
    assert measurement_as_json(m) == {
        "id": 1, "uid": m.uid, "startedAt": 1795332107.279001,
        "endedAt": 1795332107.289118, "elapsed": 0.010117, "method": "GET",
        "name": "/product/<id>", "endpoint": "getProduct", "status": 500,
        "error": True, "exception": {"type": "E", "message": "no"}, "size": 3,
        "phases": {"before": 0.000117, "view": 0.009, "after": 0.001, "stream": 0.0},
        "args": [], "kwargs": {"id": "1"},
        "context": {
            "url": "http://h/product/1?q=1", "args": {"q": "1"}, "form": {},
            "body": "", "headers": {"Host": "h"}, "func": "getProduct",
            "ip": "127.0.0.1", "job": 7,
        },
        "pid": 5, "host": "web",
    }  # fmt: skip


def test_a_route_has_the_names_and_units_of_1x_and_ours() -> None:
    assert route_as_json(ROUTE) == {
        "method": "GET", "name": "/product/<id>", "count": 3, "errors": 1,
        "minElapsed": 0.01, "maxElapsed": 0.010234, "avgElapsed": 0.010117,
        "totalElapsed": 0.030351, "p50": 0.010101, "p95": 0.010234, "p99": 0.010234,
        "share": 0.5, "rate": 0.25,
    }  # fmt: skip


@given(st.integers(0, 2**52))
def test_microseconds_survive_the_way_through_json(us: int) -> None:
    assert round(json.loads(to_json(us / 1_000_000)) * 1_000_000) == us


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(json_values)
def test_every_value_becomes_json_that_strict_readers_take(value: object) -> None:
    text = to_json(clean(value))
    assert text.isascii()
    msgspec.json.decode(text)


def test_what_json_cannot_hold_is_replaced() -> None:
    deep: list[object] = []
    for _ in range(900):
        deep = [deep]
    values = {
        "nan": math.nan,
        "inf": -math.inf,
        "lone": "\ud800x",
        1: {2},
        "deep": deep,
    }
    cleaned = clean(values)
    assert cleaned["nan"] is None
    assert cleaned["inf"] is None
    assert cleaned["lone"] == "\N{REPLACEMENT CHARACTER}x"
    assert cleaned["1"] == "{2}"
    assert "…" in str(cleaned["deep"])
    assert clean("\N{GRINNING FACE}") == "\N{GRINNING FACE}"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_a_text_is_no_formula_in_a_spreadsheet(sign: str, make: Make) -> None:
    m = make(name=f"{sign}cmd|' /C calc'!A0", context=Context(body=f"{sign}1"))
    row = flat(measurement_as_json(m))
    assert row["name"] == f"'{sign}cmd|' /C calc'!A0"
    assert row["context.body"] == f"'{sign}1"


def test_numbers_stay_numbers_in_csv(make: Make) -> None:
    row = flat(measurement_as_json(make(10_117)))
    assert row["elapsed"] == 0.010117
    assert row["phases.view"] is None
    assert row["error"] == "false"
    assert flat({"change": -5}) == {"change": -5}


def test_every_measurement_has_the_same_columns_in_csv(make: Make) -> None:
    rich = make(
        phases=Phases(), raised=Raised("E", ""), context=Context(extra={"x": 1})
    )
    assert list(flat(measurement_as_json(make()))) == list(
        flat(measurement_as_json(rich))
    )


def test_csv_is_read_back_as_it_was(make: Make) -> None:
    m = make(name='/a",\n<b>', kwargs={"k": [1, "ü"]})
    row = flat(measurement_as_json(m))
    out = io.StringIO()
    csv.writer(out).writerow(row.values())
    back = dict(zip(row, next(csv.reader(io.StringIO(out.getvalue()))), strict=True))
    assert back["name"] == m.name
    assert json.loads(back["kwargs"]) == m.kwargs
