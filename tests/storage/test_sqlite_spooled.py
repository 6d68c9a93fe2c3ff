"""Lines of the spool, stored as they stand."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from click.testing import CliRunner

from flask_profiler.cli import profiler
from flask_profiler.errors import RefusedError
from flask_profiler.measurement import Context
from flask_profiler.query import Filter
from flask_profiler.storage.base import Mark
from flask_profiler.storage.sqlite.contexts import _packed, _unpacked
from flask_profiler.storage.sqlite.engine import SQLite
from flask_profiler.storage.sqlite.insertion import _AT_ONCE as AT_ONCE
from tests.lines import damaged, line, spooled

if TYPE_CHECKING:
    from pathlib import Path

    from flask_profiler.line.format import Line
    from flask_profiler.line.spooled import Spooled
    from flask_profiler.measurement import Measurement


def requests(count: int, first: int = 0) -> list[Line]:
    """Make lines, each with something of its own in every part."""
    return [_request(number) for number in range(first, first + count)]


def _request(number: int) -> Line:
    return line(
        f"/item/{number % 7}",
        endpoint=f"item{number % 7}",
        host=f"web-{number % 3}",
        phases=(number % 50, 10 + number, 3, 0),
        status=200,
        size=number,
        query=f"page={number}",
        kwargs={"id": number},
        environ={"PATH_INFO": f"/item/{number}", "HTTP_HOST": "shop", "HTTP_A": "b"},
        body=f"body {number}",
    )


def stored(sqlite: SQLite) -> dict[str, Measurement]:
    """Give what is stored by its uid, without the ids, which must all differ."""
    found = sqlite.find(Filter())
    assert len({m.id for m in found}) == len(found)
    return {m.uid: msgspec.structs.replace(m, id=None) for m in found}


def by_uid(lines: Spooled) -> dict[str, Measurement]:
    return {m.uid: m for m in lines}


def column(sqlite: SQLite, name: str) -> list[Any]:
    with sqlite._session.reading() as source:
        query = f"SELECT {name} FROM measurements_data ORDER BY id"
        return [row[0] for row in source.connection.db.execute(query)]


@pytest.mark.parametrize(
    "count", [1, 9, 10, 11, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, AT_ONCE + 11, 1000]
)
def test_lines_come_back_as_they_were_measured(sqlite: SQLite, count: int) -> None:
    lines = spooled(*requests(count))
    sqlite.insert_many(lines)
    assert stored(sqlite) == by_uid(lines)
    assert column(sqlite, "id") == list(range(1, count + 1))


def test_a_line_is_the_same_whether_stored_at_once_or_put_together_first(
    sqlite: SQLite,
) -> None:
    lines = spooled(
        *requests(3),
        line(phases=None, elapsed=7, method="TASK", args=(1, "a"), context={"job": 3}),
        line(raised=("KeyError", "'x'"), error=True, form={"a": ["b"]}, endpoint="e"),
        line(environ={"HTTP_HOST": "h"}, redacted=["HTTP_COOKIE"], pid=5, started=-1),
    )
    sqlite.insert_many(lines)
    at_once = stored(sqlite)
    sqlite.delete(Filter())
    sqlite.insert_many(list(lines))
    assert stored(sqlite) == at_once == by_uid(lines)


@pytest.mark.parametrize(
    "known", [(0,), (AT_ONCE - 1, AT_ONCE), (AT_ONCE + 5,), (AT_ONCE + 10,), (3, -1)]
)
def test_known_uids_in_any_statement_disturb_none_of_the_others(
    sqlite: SQLite, known: tuple[int, ...]
) -> None:
    """A large statement, one for ten rows, and two for one each."""
    lines = spooled(*requests(AT_ONCE + 12))
    for number in known:
        sqlite.insert_many(lines[number:][:1])
    sqlite.insert_many(lines, Mark("segment-1", 42))
    assert stored(sqlite) == by_uid(lines)
    assert sqlite.mark("segment-1") == 42
    more = spooled(*requests(112, 112 + AT_ONCE))
    sqlite.insert_many(more)
    assert stored(sqlite) == by_uid(lines) | by_uid(more)


def test_a_batch_that_is_known_as_a_whole_adds_nothing(sqlite: SQLite) -> None:
    lines = spooled(*requests(230))
    for _ in range(3):
        sqlite.insert_many(lines)
    assert stored(sqlite) == by_uid(lines)
    more = spooled(*requests(10, 230))
    sqlite.insert_many(more)
    assert stored(sqlite) == by_uid(lines) | by_uid(more)


def test_a_line_that_is_there_twice_in_a_batch_is_stored_once(sqlite: SQLite) -> None:
    lines = spooled(*requests(120))
    sqlite.insert_many(spooled(*lines.raws, *lines.raws[:15], *lines.raws[100:]))
    assert stored(sqlite) == by_uid(lines)


def test_a_batch_that_is_refused_leaves_no_trace(sqlite: SQLite) -> None:
    lines = spooled(*requests(130))
    sqlite.insert_many(lines[:1])
    spoilt = lines[:]
    spoilt.facts[120] = msgspec.structs.replace(spoilt.facts[120], size=2**80)
    with pytest.raises(RefusedError):
        sqlite.insert_many(spoilt, Mark("segment-1", 42))
    assert stored(sqlite) == by_uid(lines[:1])
    assert sqlite.mark("segment-1") == 0
    sqlite.insert_many(lines)
    assert stored(sqlite) == by_uid(lines)


def test_rows_of_both_kinds_share_a_table(sqlite: SQLite) -> None:
    lines = spooled(*requests(40))
    sqlite.insert_many(lines[:15])
    sqlite.insert_many(list(lines[10:30]))
    sqlite.insert_many(lines)
    assert stored(sqlite) == by_uid(lines)
    assert sqlite.delete(Filter(names=("/item/3",))) == 6
    assert stored(sqlite) == {
        u: m for u, m in by_uid(lines).items() if m.name[-1] != "3"
    }


def test_a_query_is_kept_as_it_came_and_found_by_its_parameters(sqlite: SQLite) -> None:
    lines = spooled(
        line(query="tag=caf%C3%A9&tag=b+c&empty"), line(query="tag=x"), line()
    )
    sqlite.insert_many(lines)
    assert column(sqlite, "args") == ["?tag=caf%C3%A9&tag=b+c&empty", "?tag=x", None]
    assert lines[0].context.args == {"tag": ["caf\u00e9", "b c"], "empty": ""}
    assert stored(sqlite) == by_uid(lines)

    def count(key: str, value: str) -> int:
        return sqlite.count(Filter(args=((key, value),)))

    assert (count("tag", "caf\u00e9"), count("tag", "b c"), count("tag", "x")) == (
        1,
        1,
        1,
    )
    assert (count("empty", ""), count("tag", "b+c"), count("none", "")) == (1, 0, 0)
    # The same question of measurements that were stored as such.
    again = msgspec.structs.replace(lines[0], uid=f"{lines[0].uid[:-6]}ffffff")
    sqlite.insert_many([again])
    assert (count("tag", "caf\u00e9"), count("empty", "")) == (2, 2)


def test_the_filter_by_parameter_of_the_command_finds_them(
    sqlite: SQLite, tmp_path: Path
) -> None:
    sqlite.insert_many(spooled(line("/a", query="q=1&q=2"), line("/b", query="q=3")))
    args = ("list", "--since", "2020-01-01", "--arg", "q=2", "--json")
    result = CliRunner().invoke(profiler, [*args, "--db", str(tmp_path / "store.sql")])
    assert [row["name"] for row in json.loads(result.stdout)] == ["/a"]


DAMAGED: list[dict[str, object]] = [
    {"seen": 5},
    {"seen": None},
    {"seen": []},
    {"seen": {}},
    {"seen": {"kind": "nobody"}},
    {"seen": {"kind": "seen", "body": 5}},
    {"seen": {"kind": "kept", "headers": 5}},
    {"seen": {"kind": "seen", "names": 5, "values": [1]}},
    {"seen": {"kind": "seen", "names": ["HTTP_A"], "values": ["b"], "redacted": {}}},
    {"kwargs": None},
    {"kwargs": [1]},
    {"kwargs": "text"},
    {"kwargs": {}},
]


@pytest.mark.parametrize("values", DAMAGED, ids=str)
def test_a_line_with_a_damaged_part_is_shown_without_it(
    sqlite: SQLite, tmp_path: Path, values: dict[str, object]
) -> None:
    lines = spooled(*requests(2), damaged(**values, status=404), *requests(2, 2))
    sqlite.insert_many(lines)
    found = stored(sqlite)
    assert found == by_uid(lines)
    bad = found[lines[2].uid]
    assert (bad.status, bad.kwargs, bad.context) == (404, {}, Context())
    command = ("list", "--since", "2020-01-01", "--db", str(tmp_path / "store.sql"))
    for more in ((), ("--json",), ("--kwarg", "id=1"), ("--sort", "-elapsed")):
        result = CliRunner().invoke(profiler, [*command, *more])
        assert result.exit_code == 0, result.output
    shown = CliRunner().invoke(
        profiler, ["show", "3", "--db", str(tmp_path / "store.sql")]
    )
    assert shown.exit_code == 0, shown.output
    assert "404" in shown.stdout


def test_a_damaged_line_in_a_block_costs_its_own_context_alone(
    sqlite: SQLite, tmp_path: Path
) -> None:
    """Whatever stands in the file, as long as it can be unpacked."""
    lines = spooled(*requests(6))
    sqlite.insert_many(lines)
    bad = [b"{", b"5", b'{"kind":"seen","form":1}', b'"\xff"', b"[" * 5000]
    sqlite.close()
    with closing(sqlite3.connect(tmp_path / "store.sql")) as db, db:
        ((block,),) = db.execute("SELECT data FROM measurements_contexts")
        mixed = _packed([*bad, *_unpacked(block)[5:]])
        db.execute("UPDATE measurements_contexts SET data = ?", (mixed,))
    contexts = {m.id: m.context for m in sqlite.find(Filter())}
    queried = [Context(args={"page": str(number)}) for number in range(5)]
    assert [contexts[id_] for id_ in range(1, 6)] == queried
    assert contexts[6] == lines[5].context


def test_what_is_nested_deeply_is_stored_and_shown(
    sqlite: SQLite, tmp_path: Path
) -> None:
    raw = damaged(kwargs={"deep": "@"}, seen={"kind": "seen", "form": {"deep": "@"}})
    deep = raw.replace(b'"@"', b"[" * 900 + b"]" * 900)
    sqlite.insert_many(spooled(deep, line("/other")))
    command = (
        "list",
        "--since",
        "2020-01-01",
        "--json",
        "--db",
        str(tmp_path / "store.sql"),
    )
    result = CliRunner().invoke(profiler, command)
    assert (result.exit_code, len(json.loads(result.stdout))) == (0, 2)


def test_a_line_with_nothing_but_facts_takes_no_block(sqlite: SQLite) -> None:
    sqlite.insert_many(spooled(*[damaged(seen={}, count=n) for n in range(200)]))
    with sqlite._session.reading() as source:
        rows = source.connection.db.execute("SELECT * FROM measurements_contexts")
        assert rows.fetchall() == []


def test_arguments_of_a_context_given_by_hand_are_found_either_way(
    tmp_path: Path,
) -> None:
    lines = spooled(
        *(line("job", phases=None, context={"args": {"a": "1"}}) for _ in range(2))
    )
    for name, batch in (("quick", lines), ("slow", list(lines))):
        storage = SQLite({"FILE": str(tmp_path / f"{name}.sql")})
        storage.insert_many(batch)
        assert storage.count(Filter(args=(("a", "1"),))) == 2
        assert {str(m.context.args) for m in storage.find(Filter())} == {"{'a': '1'}"}
