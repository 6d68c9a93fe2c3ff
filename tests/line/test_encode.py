from __future__ import annotations

import datetime as dt
import enum
import json
import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_profiler.line.encode import (
    DEEPEST,
    TOO_DEEP,
    encode,
    process_as_json,
    route_as_json,
    storable_line,
)
from flask_profiler.line.facts import facts_of, processes, routes
from tests.lines import STARTED, line


class Text(str):
    __slots__ = ()


class Unspeakable:
    def __str__(self) -> str:
        raise ValueError("no")


class Point(msgspec.Struct):
    x: int


class Colour(enum.IntEnum):
    RED = 1


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
            [Text(), uuid.UUID(int=0), dt.date(2026, 1, 2), Colour.RED, Point(5)],
            ["", "00000000-0000-0000-0000-000000000000", "2026-01-02", 1, {"x": 5}],
        ),
    ],
)
def test_what_json_cannot_hold_is_replaced_and_its_neighbours_are_kept(
    value: object, stored: object
) -> None:
    read = json.loads(encode(line(kwargs={"bad": value, "good": "kept"})))
    assert read["kwargs"] == {"bad": stored, "good": "kept"}
    assert read["route"][1] == "/"


def test_what_was_seen_holds_anything_too() -> None:
    read = json.loads(encode(line(form={"a": Unspeakable()}, body="\udc80")))
    assert read["seen"]["form"] == {"a": "[Unspeakable]"}
    assert read["seen"]["body"] == "\\udc80"


def test_what_is_nested_too_deeply_is_cut_off_below() -> None:
    read = json.loads(encode(line(args=(nested(5000), "kept"))))
    assert read["seen"]["args"][1] == "kept"
    assert json.dumps(read["seen"]["args"]).count("[") == DEEPEST + 1
    assert TOO_DEEP in json.dumps(read)


def test_a_field_of_the_wrong_type_gets_a_stand_in() -> None:
    broken = storable_line(
        line(started="soon", count="many", size="big", raised=1, form="?", body=b"x")
    )
    assert (broken.started, broken.count, broken.size) == (0, 0, None)
    assert (broken.seen.raised, broken.seen.form) == (None, {})
    assert facts_of(encode(broken)[:-1]).size is None


def test_what_needs_no_replacing_stays_as_it_is() -> None:
    whole = line(
        status=200,
        query="a=1",
        kwargs={"id": 1},
        environ={"HTTP_HOST": "h"},
        redacted=["HTTP_COOKIE"],
        raised=("KeyError", "'x'"),
        args=(1, [2]),
        context={"job": 3},
    )
    assert encode(storable_line(whole)) == encode(whole)


def test_what_is_usual_takes_no_room() -> None:
    keys = {"v", "started", "ticks", "count", "process", "route", "seen"}
    assert set(json.loads(encode(line()))) == keys
    assert json.loads(encode(line()))["seen"] == {"kind": "seen"}


def test_a_route_and_a_process_of_any_text_can_be_read_again() -> None:
    route = bytes(route_as_json("GET\n", "/\udc80", "\N{SNOWMAN}"))
    assert routes[route].name == "/\\udc80"
    assert routes[route].endpoint == "\N{SNOWMAN}"
    process = bytes(process_as_json(7, "host\udcff"))
    assert (processes[process].pid, processes[process].host) == (7, "host\\udcff")


def test_each_process_has_another_number() -> None:
    numbers = {processes[bytes(process_as_json(1, "h"))].number for _ in range(100)}
    assert len(numbers) == 100


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
    assert json.loads(encoded)["route"][1] == "/"
    assert facts_of(encoded[:-1]).started == STARTED
