from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from answers import Body, answering
from flask import Flask, request, stream_with_context
from hosting import install, measured, only, raw

import flask_profiler


def test_a_streamed_body_is_timed_to_its_last_byte(app: Flask) -> None:
    @app.get("/")
    def view() -> Iterator[bytes]:
        for _ in range(5):
            time.sleep(0.02)
            yield b"12345"

    install(app)
    assert len(raw(app).read()) == 25
    found = only(app)
    assert found.phases is not None
    assert found.elapsed_us >= 100_000
    assert found.phases.stream >= 100_000
    assert found.phases.view < found.phases.stream
    assert found.phases.total == found.elapsed_us
    assert (found.status, found.size) == (200, 25)


def test_a_streamed_body_is_never_read_ahead(app: Flask) -> None:
    body = Body([b"a", b"b"])
    answering(app, body)
    answer = raw(app)
    assert body.taken == 0
    chunks = iter(answer.body)
    assert next(chunks) == b"a"
    assert body.taken == 1
    assert measured(app) == []
    assert list(chunks) == [b"b"]
    answer.close()
    assert body.closed == 1
    assert only(app).size == 2


def test_the_request_context_lives_as_long_as_a_stream_that_keeps_it(
    app: Flask,
) -> None:
    @app.get("/")
    def view() -> Any:
        return stream_with_context(request.path for _ in range(2))

    install(app)
    assert raw(app).read() == b"//"


def test_a_client_that_goes_away_is_recorded_with_what_was_produced(app: Flask) -> None:
    body = Body([b"aa", b"bb", b"cc"])
    answering(app, body)
    answer = raw(app)
    next(iter(answer.body))
    answer.close()
    answer.close()
    assert body.closed == 1
    found = only(app)
    assert (found.status, found.size, found.error) == (200, 2, False)


def test_a_stream_that_nobody_takes_is_recorded_when_it_is_closed(app: Flask) -> None:
    body = Body([b"aa"])
    answering(app, body)
    raw(app).close()
    assert (body.taken, body.closed) == (0, 1)
    assert only(app).size == 0


def test_the_profiler_class_streams_alike(app: Flask) -> None:
    app.get("/")(lambda: iter(["a", "b"]))
    install(app, flask_profiler.Profiler)
    assert raw(app).read() == b"ab"
    assert only(app).size == 2
