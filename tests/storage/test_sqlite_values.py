"""Values that SQLite or JSON can't take never stop the rest."""

from __future__ import annotations

import msgspec
import pytest
import storage_samples as samples
from storage_samples import make

from flask_profiler.errors import QueryError, RefusedError
from flask_profiler.measurement import Context, Phases
from flask_profiler.query import Filter, Page, Sort, SortKey, StatusRange
from flask_profiler.storage.base import Mark
from flask_profiler.storage.sqlite.engine import SQLite

DEEP: list = []
for _ in range(5_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": 2**63},
        {"size": 2**64},
        {"pid": -(2**70)},
        {"elapsed": 2**53},
        {"at": 2**62},
        {"phases": Phases(2**63, 0, 0, 0)},
        {"status": "200"},
        {"method": None},
        {"name": 7},
        {"host": b"web"},
        {"endpoint": ["x"]},
        {"uid": "not hexadecimal digits ."},
        {"uid": "ABCDEF" * 4},
        {"uid": ""},
        {"uid": None},
        {"context": None},
    ],
    ids=str,
)
def test_a_refused_measurement_leaves_no_trace(sqlite: SQLite, fields) -> None:
    good, bad = make(1), make(**{"at": 2, **fields})
    with sqlite.transaction():
        sqlite.insert_many([good], Mark("a", 1))
        with pytest.raises(RefusedError):
            sqlite.insert_many([make(3, name="/new", host="new"), bad], Mark("a", 2))
        assert sqlite.mark("a") == 1
        sqlite.insert_many([make(4, name="/new", host="new")], Mark("a", 3))
    assert [m.name for m in sqlite.find(Filter())] == ["/new", "/"]
    assert [m.id for m in sqlite.find(Filter())] == [2, 1]
    assert sqlite.mark("a") == 3


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (2**63, 2**63),
        ("a\udcffb", "a?b"),
        ({"\ud800": "\udfff"}, {"?": "?"}),
        ([1, {"x": ["\ud800", True, None, 1.5]}], [1, {"x": ["?", True, None, 1.5]}]),
        (float("inf"), None),
        ("a\0b", "a\0b"),
        (2**63 - 1, 2**63 - 1),
    ],
    ids=repr,
)
def test_what_json_can_not_hold_is_replaced_where_it_stands(
    sqlite: SQLite, value, stored
) -> None:
    context = Context(args={"v": value}, form={"v": value}, extra={"v": value})
    sqlite.insert_many([make(kwargs={"v": value}, args=(value,), context=context)])
    (found,) = sqlite.find(Filter())
    assert (found.kwargs, found.args) == ({"v": stored}, (stored,))
    assert found.context == Context(
        args={"v": stored}, form={"v": stored}, extra={"v": stored}
    )


def test_what_is_no_json_becomes_text(sqlite: SQLite) -> None:
    sqlite.insert_many([make(kwargs={"v": object, "w": {1, 2}, 3: 4})])
    (found,) = sqlite.find(Filter())
    assert "object" in found.kwargs["v"]
    assert found.kwargs["3"] == 4


def test_endless_nesting_is_cut(sqlite: SQLite) -> None:
    sqlite.insert_many([make(kwargs={"v": DEEP}), make(1, kwargs={"v": 1})])
    assert len(sqlite.find(Filter())) == 2


@pytest.mark.parametrize("text", ["a\0b", "'; DROP TABLE x; --", "\N{SNOWMAN}", "{x}"])
def test_any_text_comes_back(sqlite: SQLite, text: str) -> None:
    context = Context(url=text, headers={text: text}, args={text: text}, body=text)
    fields = {"name": text, "method": text, "endpoint": text, "host": text}
    stored = make(kwargs={text: text}, context=context, **fields)
    sqlite.insert_many([stored])
    meant = Filter(
        names=(text,), methods=(text,), kwargs=((text, text),), args=((text, text),)
    )
    (found,) = sqlite.find(meant)
    assert msgspec.structs.replace(found, id=None) == stored


def test_lone_surrogates_are_replaced_in_names(sqlite: SQLite) -> None:
    odd = {"name": "/\udcff", "endpoint": "e\ud800", "method": "G\udfff"}
    sqlite.insert_many([make(n, host="h\ud800", **odd) for n in range(2)])
    sqlite.insert_many([make(2, host="h\ud800", **odd)])
    found = {(m.name, m.endpoint, m.method, m.host) for m in sqlite.find(Filter())}
    assert found == {("/?", "e?", "G?", "h?")}
    assert sqlite.count(Filter()) == 3


def test_filters_take_any_number_and_any_text(sqlite: SQLite) -> None:
    sqlite.insert_many([make()])
    everything = Filter(since_us=-(2**80), until_us=2**80, max_elapsed_us=2**80)
    assert sqlite.count(everything) == 1
    assert sqlite.count(Filter(min_elapsed_us=2**80)) == 0
    assert sqlite.count(Filter(statuses=(StatusRange(-(2**80), 2**80),))) == 0
    for odd in (Filter(names=("\ud800",)), Filter(kwargs=(("\ud800", "x"),))):
        assert sqlite.count(odd) == 0
    assert sqlite.find(Filter(), page=Page(limit=2**80)) != []
    assert sqlite.find(Filter(), page=Page(limit=2**80, skip=2**80)) == []


@pytest.mark.parametrize("after", [(), (1,), (1, "x"), (1, "00" * 13), (1, 2, 3)])
def test_a_position_that_is_none_is_an_error(sqlite: SQLite, after) -> None:
    sqlite.insert_many([make()])
    with pytest.raises(QueryError):
        sqlite.find(Filter(), Sort((SortKey("elapsed"),)), Page(after=after))


def test_a_position_may_be_of_any_size(sqlite: SQLite) -> None:
    sqlite.insert_many([make()])
    page = Page(after=(-(2**80), "00" * 12))
    assert len(sqlite.find(Filter(), Sort((SortKey("elapsed"),)), page)) == 1


def test_a_known_uid_in_a_batch_does_not_disturb_contexts(sqlite: SQLite) -> None:
    first = samples.typical(300)
    sqlite.insert_many(first[:100])
    sqlite.insert_many([*first[50:150], *first[140:], first[0]])
    found = {m.uid: m for m in sqlite.find(Filter())}
    assert len(found) == 300
    for m in first:
        assert msgspec.structs.replace(found[m.uid], id=None) == m


def test_ids_are_never_given_twice(sqlite: SQLite) -> None:
    sqlite.insert_many(samples.typical(3))
    assert sqlite.delete(Filter()) == 3
    sqlite.insert_many(samples.typical(2, 10))
    assert {m.id for m in sqlite.find(Filter())} == {4, 5}


def test_nothing_of_what_is_deleted_stays_in_the_blocks(sqlite: SQLite) -> None:
    kept = samples.typical(700)
    secret = make(5, name="/login", context=Context(body="hunter2" * 3))
    sqlite.insert_many([*kept[:300], secret, *kept[300:]])
    assert sqlite.delete(Filter(names=("/login",))) == 1
    blocks = _lines(sqlite)
    assert len(blocks) == 6
    assert not any(b"hunter2" in line for block in blocks for line in block)
    found = {m.uid: msgspec.structs.replace(m, id=None) for m in sqlite.find(Filter())}
    assert found == {m.uid: m for m in kept}
    sqlite.delete(Filter(max_elapsed_us=25_000))
    sqlite.delete(Filter())
    assert _lines(sqlite) == []


def test_many_are_deleted_in_steps(sqlite: SQLite, monkeypatch) -> None:
    monkeypatch.setattr("flask_profiler.storage.sqlite.deletion.STEP", 70)
    sqlite.insert_many(samples.typical(500))
    assert sqlite.delete(Filter(names=("/product/<id>/7",))) == 10
    assert sqlite.delete(Filter()) == 490
    assert _lines(sqlite) == []


def test_what_has_no_context_takes_no_block(sqlite: SQLite) -> None:
    sqlite.insert_many([make(n) for n in range(500)])
    assert _lines(sqlite) == []
    sqlite.insert_many(samples.typical(1))
    assert len(_lines(sqlite)) == 1


def _lines(sqlite: SQLite) -> list[list[bytes]]:
    from flask_profiler.storage.sqlite.contexts import _unpacked

    with sqlite._session.reading() as source:
        rows = source.connection.db.execute("SELECT data FROM measurements_contexts")
        return [_unpacked(row[0]) for row in rows]


def test_more_routes_than_are_remembered_keep_their_numbers(
    sqlite: SQLite, monkeypatch
) -> None:
    monkeypatch.setattr("flask_profiler.storage.sqlite.catalog._REMEMBERED", 3)
    for _ in range(2):
        sqlite.insert_many([make(n, name=f"/{n}") for n in range(10)])
    assert len(sqlite.aggregate(Filter(), ("name",))) == 10
    with sqlite._session.reading() as source:
        (count,) = source.connection.db.execute(
            "SELECT count(*) FROM measurements_routes"
        ).fetchone()
    assert count == 10
