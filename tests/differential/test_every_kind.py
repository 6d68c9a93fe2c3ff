"""Each kind of answer, body and hook once: with the profiler all is as without."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from asked import Asked
from books import compared
from drawing import ANSWERS, LENGTHS, READS, possible
from host_app import MIDDLEWARE, Shape
from host_hooks import ACTS
from twins import Settings


def alike(asked: Iterable[Asked], file: Path, shape: Shape, **configured: bool) -> None:
    with compared(shape, Settings(**configured), file) as books:
        for number, one in enumerate(asked):
            books.alike(replace(one, number=number))
        books.balance()


@pytest.mark.parametrize("middleware", [None, *MIDDLEWARE])
def test_every_answer_is_the_same(middleware: str | None, tmp_path: Path) -> None:
    names = (middleware,) if middleware else ()
    alike(answering(), tmp_path / "store.sql", Shape(middleware=names))


def test_every_answer_is_the_same_where_errors_propagate(tmp_path: Path) -> None:
    alike(answering("/async"), tmp_path / "store.sql", Shape(propagate=True))


def answering(path: str = "/sync") -> list[Asked]:
    """Ask for every answer; to the end, without a body, and to the first chunk."""
    ways: list[tuple[str, int | None]] = [("GET", None), ("HEAD", None), ("GET", 1)]
    return [
        Asked(0, method, path, answer=possible(answer, path), take=take)
        for answer, (method, take) in product(ANSWERS, ways)
    ]


@pytest.mark.parametrize("unread", [True, False])
@pytest.mark.parametrize("breaks_at", [None, 1])
def test_every_way_to_read_gives_the_same(
    unread: bool, breaks_at: int | None, tmp_path: Path
) -> None:
    lengths = sorted(set(LENGTHS)) if breaks_at is None else ["right", "chunked"]
    asked = [
        Asked(
            *(0, "POST", "/sync"),
            headers=(("CONTENT_TYPE", "application/x-www-form-urlencoded"),),
            body=b"a=1&b=2\nc=3",
            length=length,
            breaks_at=breaks_at,
            read=read,
            answer=answer,
        )
        for read, length, answer in product(
            sorted(set(READS)), lengths, ("text", "echo")
        )
    ]
    alike(asked, tmp_path / "store.sql", Shape(), unread=unread)


@pytest.mark.parametrize("middleware", [(), ("mended",)])
def test_every_hook_is_called_the_same(
    middleware: tuple[str, ...], tmp_path: Path
) -> None:
    paths = ("/sync", "/nowhere", "/outer/inner/leaf", "/late")
    answers = ("text", "raise KeyError", "stream", "fails midway")
    asked = [
        Asked(0, "GET", path, acts=frozenset({act}), answer=answer)
        for act, path, answer in product(ACTS, paths, answers)
    ]
    shape = Shape(propagate=bool(middleware), middleware=middleware)
    alike(asked, tmp_path / "store.sql", shape, unmatched=True, whole_app=True)
