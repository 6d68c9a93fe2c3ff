from __future__ import annotations

import datetime as dt
import enum
import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.spool.encode import DEEPEST, TOO_DEEP, encode, storable_line
from flask_profiler.spool.line import Line


class Text(str):
    __slots__ = ()


class Unspeakable:
    def __str__(self) -> str:
        raise ValueError("no")


class Colour(enum.IntEnum):
    RED = 1


def line(**values: Any) -> Line:
    plain: dict[str, Any] = {
        "uid": "0" * 24,
        "started": 1,
        "phases": (1, 2, 3, 4),
        "method": "GET",
        "name": "/",
        "pid": 1,
        "host": "h",
    }
    return Line(**(plain | values))


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_a_line_ends_with_its_only_newline() -> None:
    encoded = encode(line(body="one\ntwo\r\n"))
    assert encoded.count(b"\n") == 1
    assert encoded.endswith(b"\n")


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("\udc80x", "\\udc80x"),
        (Text("text"), "text"),
        ([10**5000], ["[int]"]),
        (object, "<class 'object'>"),
        (1j, "1j"),
        (Unspeakable(), "[Unspeakable]"),
        ({None: 1, (1, 2): 2}, {"None": 1, "(1, 2)": 2}),
        ({"a": Text("b"), "c": 1.5, "d": None}, {"a": "b", "c": 1.5, "d": None}),
        ((1, range(2)), [1, "range(0, 2)"]),
        ([Text(), True, 2**70, float("inf")], ["", True, str(2**70), "inf"]),
        (
            [Text(), uuid.UUID(int=0), dt.date(2026, 1, 2), Colour.RED],
            ["", "00000000-0000-0000-0000-000000000000", "2026-01-02", 1],
        ),
    ],
)
def test_what_json_cannot_hold_is_replaced_and_its_neighbours_are_kept(
    value: object, stored: object
) -> None:
    read = json.loads(encode(line(kwargs={"bad": value, "good": "kept"})))
    assert read["kwargs"] == {"bad": stored, "good": "kept"}
    assert read["name"] == "/"


def test_what_is_nested_too_deeply_is_cut_off_below() -> None:
    read = json.loads(encode(line(args=(nested(5000), "kept"))))
    assert read["args"][1] == "kept"
    assert json.dumps(read["args"]).count("[") == DEEPEST + 1
    assert TOO_DEEP in json.dumps(read)


def test_a_field_of_the_wrong_type_gets_a_stand_in() -> None:
    broken = storable_line(
        line(uid=7, started="soon", size="big", phases="?", raised=1, endpoint=5)
    )
    assert (broken.uid, broken.started, broken.size) == ("", 0, None)
    assert (broken.phases, broken.raised) == (None, None)


any_value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.binary()
    | st.dates()
    | st.complex_numbers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.none(), inner),
    max_leaves=10,
)


@given(any_value)
def test_no_value_of_the_host_can_fail_a_measurement(value: object) -> None:
    encoded = encode(line(kwargs={"k": value}, args=(value,), context={"c": value}))
    assert json.loads(encoded)["uid"] == "0" * 24
