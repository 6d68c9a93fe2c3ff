from __future__ import annotations

from typing import Any

import msgspec
import pytest

from flask_profiler.line import facts as module
from flask_profiler.line.facts import Process, Route, facts_of, facts_of_all
from tests.lines import damaged, line, spooled

WRONG: list[dict[str, Any]] = [
    {"v": 2},
    {"v": None},
    {"started": "now"},
    {"started": 1.5},
    {"started": 1 << 53},
    {"started": None},
    {"count": "1"},
    {"status": "200"},
    {"size": -(1 << 53)},
    {"error": 1},
    {"query": None},
    {"ticks": []},
    {"ticks": [1]},
    {"ticks": [1, 2, 3]},
    {"ticks": [1, 2, 3, 4, 5, 6]},
    {"ticks": [1, -2]},
    {"ticks": [1, 1 << 62]},
    {"ticks": [1, "2"]},
    {"ticks": [1, 2.5]},
    {"ticks": None},
    {"route": None},
    {"route": {}},
    {"route": ["GET", "/"]},
    {"route": ["GET", None, None]},
    {"route": [5, "/", None]},
    {"route": ["GET", "/", 5]},
    {"process": None},
    {"process": [1, "h"]},
    {"process": ["1", "h", "0123456789"]},
    {"process": [1, None, "0123456789"]},
    {"process": [1, "h", 123456789]},
    {"process": [1, "h", "012345678"]},
    {"process": [1, "h", "01234567890"]},
    {"process": [1, "h", "ABCDEF0123"]},
    {"process": [1 << 53, "h", "0123456789"]},
]


@pytest.mark.parametrize("values", WRONG, ids=str)
def test_a_fact_of_the_wrong_type_makes_no_line(values: dict[str, Any]) -> None:
    with pytest.raises(msgspec.DecodeError):
        facts_of(damaged(**values))
    # Nor does it the second time, when everything that was right is known.
    with pytest.raises(msgspec.DecodeError):
        facts_of_all([damaged(), damaged(**values)])


@pytest.mark.parametrize("key", ["started", "ticks", "count", "process", "route"])
def test_a_line_without_one_of_its_facts_is_none(key: str) -> None:
    left = {k: v for k, v in msgspec.json.decode(damaged()).items() if k != key}
    with pytest.raises(msgspec.DecodeError):
        facts_of(msgspec.json.encode(left))


def test_keys_of_a_version_to_come_are_passed_over() -> None:
    assert facts_of(damaged(colour="blue", status=204)).status == 204


def test_what_is_not_summed_up_stays_as_it_stands() -> None:
    (facts,) = spooled(line(kwargs={"a": [1, {"b": None}]}, body="x")).facts
    assert bytes(facts.kwargs) == b'{"a":[1,{"b":null}]}'
    assert bytes(facts.seen) == b'{"kind":"seen","body":"x"}'


def test_routes_and_processes_that_are_invented_do_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST", 10)
    lines = spooled(*[line(f"/{n}", host=f"h{n}", pid=n) for n in range(50)])
    assert len(module.routes) <= 10
    assert len(module.processes) <= 10
    # What was forgotten is read again.
    assert [(m.name, m.host, m.pid) for m in lines] == [
        (f"/{n}", f"h{n}", n) for n in range(50)
    ]


def test_a_route_and_a_process_are_what_their_json_says() -> None:
    (facts,) = spooled(line("/x", method="PUT", endpoint="e", pid=7, host="web")).facts
    assert module.routes[bytes(facts.route)] == Route("PUT", "/x", "e")
    process = module.processes[bytes(facts.process)]
    assert process == Process(7, "web", process.number)
    assert process.integer == int(process.number, 16)
