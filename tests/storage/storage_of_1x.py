"""Files as flask-profiler 1.x writes them."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

CREATE = (
    'CREATE TABLE "{table}" (ID Integer PRIMARY KEY AUTOINCREMENT, startedAt REAL,'
    " endedAt REAL, elapsed REAL, args TEXT, kwargs TEXT, method TEXT, context TEXT,"
    " name TEXT)"
)
INDEX = (
    'CREATE INDEX measurement_index ON "{table}"'
    " (startedAt, endedAt, elapsed, name, method)"
)


def make_file(path: Path, table: str = "measurements") -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(CREATE.format(table=table))
        db.execute(INDEX.format(table=table))
        db.commit()


def context(**fields: Any) -> dict[str, Any]:
    return {
        "url": "http://localhost/product/1",
        "args": {},
        "form": {},
        "body": "",
        "headers": {"Host": "localhost"},
        "func": "getProduct",
        "ip": "127.0.0.1",
        **fields,
    }


def row(
    started: float | str | None, elapsed: float = 0.01, **fields: Any
) -> tuple[Any, ...]:
    """Give a row as 1.x inserts it."""
    given = {"args": [], "kwargs": {}, "method": "GET", "name": "/", **fields}
    texts = {
        key: value if isinstance(value, str | bytes | None) else json.dumps(value)
        for key, value in {"context": context(), **given}.items()
    }
    ended = started + elapsed if isinstance(started, float) else None
    return (
        *(started, ended, elapsed, texts["args"], texts["kwargs"]),
        *(texts["method"], texts["context"], texts["name"]),
    )


def add(path: Path, rows: list[tuple[Any, ...]], table: str = "measurements") -> None:
    with closing(sqlite3.connect(path, timeout=20)) as db:
        insert = f'INSERT INTO "{table}" VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)'
        db.executemany(insert, rows)
        db.commit()


def crowd(size: int, seed: int = 0) -> list[tuple[Any, ...]]:
    """Give random rows, some of them broken."""
    dice = random.Random(seed)
    return [
        row(
            dice.choice([1.79e9 + dice.randrange(10) / 1e5, 1.79e9, None, "x", -3.5]),
            dice.choice([0.01, 0.0123456789, dice.random() * 100, -0.0010005, 0.0]),
            method=dice.choice(["GET", "PUT", None]),
            name=dice.choice(["/", "/a/<id>", "/ü", b"/\xff", None]),
            kwargs=dice.choice([{"id": "1"}, {}, [], "{broken", None, {"q'": [1]}]),
            args=dice.choice([[], [1, "x"], "nonsense", None]),
            context=dice.choice(
                [
                    context(args={"id": "1"}, func="a"),
                    context(func=None, extra_key=[1]),
                    context(args=7, headers=None, url=5, body=None),
                    "{broken",
                    b"\xff\xfe",
                    None,
                    [1],
                ]
            ),
        )
        if dice.random() < 0.9
        else row(1.79e9 + dice.random())
        for _ in range(size)
    ]
