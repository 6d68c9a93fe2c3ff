from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from answers import Body, answering
from flask import Flask
from hosting import install, measured, only, raw


def test_an_ordinary_response_is_spooled_before_the_server_gets_its_bytes(
    app: Flask,
) -> None:
    body = Body([b"hello"])
    answering(app, body, {"Content-Length": "5"})
    answer = raw(app)
    assert only(app).size == 5
    assert answer.read() == b"hello"
    assert body.closed == 1
    assert len(measured(app)) == 1


def test_an_announced_body_in_pieces_is_spooled_before_its_last_piece(
    app: Flask,
) -> None:
    answering(app, Body([b"he", b"", b"llo"]), {"content-length": "5"})
    chunks = iter(raw(app).body)
    assert [next(chunks), next(chunks)] == [b"he", b""]
    assert measured(app) == []
    assert next(chunks) == b"llo"
    assert only(app).size == 5
    assert list(chunks) == []


def test_a_body_that_is_shorter_than_announced_is_complete_where_it_ends(
    app: Flask,
) -> None:
    answering(app, Body([]), {"Content-Length": "5"})
    answer = raw(app)
    assert only(app).size == 0
    assert answer.read() == b""


def test_an_announced_length_that_is_no_number_counts_as_none(app: Flask) -> None:
    answering(app, Body([b"a"]), {"Content-Length": "many"})
    assert raw(app).read() == b"a"
    assert only(app).size == 1


def test_an_empty_announced_body_is_complete_without_a_chunk(app: Flask) -> None:
    body = Body([])
    answering(app, body, {"Content-Length": "0"})
    answer = raw(app)
    assert answer.body is body
    assert only(app).size == 0


@pytest.mark.parametrize("body", [[b"ab", b"c"], (b"abc",), []])
def test_a_list_or_tuple_reaches_the_server_as_it_is(app: Flask, body: Any) -> None:
    answering(app, body)
    assert raw(app).body is body
    assert only(app).size == len(b"".join(body))


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "100 Go"])
def test_a_status_without_a_body_is_complete_at_once(app: Flask, status: str) -> None:
    body = Body([])
    answering(app, body, {"Content-Length": "7"}, status)
    assert raw(app).body is body
    found = only(app)
    assert (found.status, found.size) == (int(status[:3]), 0)


def test_a_head_request_has_no_body(app: Flask) -> None:
    app.get("/")(lambda: "hello")
    install(app)
    assert app.test_client().head("/").headers["Content-Length"] == "5"
    found = only(app)
    assert (found.method, found.status, found.size) == ("HEAD", 200, 0)


def test_a_body_with_a_length_keeps_it(app: Flask) -> None:
    class Chunks:
        def __len__(self) -> int:
            return 2

        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a", b"b"])

    answering(app, Chunks())
    answer = raw(app)
    assert len(answer.body) == 2  # type: ignore[arg-type]
    assert answer.read() == b"ab"
