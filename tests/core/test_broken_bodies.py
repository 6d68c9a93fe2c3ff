from __future__ import annotations

import pytest
from answers import Body, answering
from flask import Flask
from hosting import only, raw


def test_an_exception_of_the_stream_reaches_the_server_and_is_recorded(
    app: Flask,
) -> None:
    error = OSError("pipe")
    body = Body([b"aa", error])
    answering(app, body)
    answer = raw(app)
    with pytest.raises(OSError, match="pipe") as caught:
        answer.read()
    assert caught.value is error
    assert body.closed == 1
    found = only(app)
    assert (found.status, found.size, found.error) == (200, 2, True)
    assert found.raised is not None
    assert found.raised.type == "OSError"


def test_a_stream_that_fails_before_its_first_byte_is_a_500(app: Flask) -> None:
    answering(app, Body([ValueError("early")]))
    with pytest.raises(ValueError, match="early"):
        raw(app).read()
    found = only(app)
    assert (found.status, found.error) == (500, True)


def test_an_announced_body_that_fails_does_so_when_the_server_asks(app: Flask) -> None:
    error = KeyboardInterrupt("stop")
    body = Body([error])
    answering(app, body, {"Content-Length": "5"})
    answer = raw(app)
    assert only(app).error
    with pytest.raises(KeyboardInterrupt) as caught:
        answer.read()
    assert caught.value is error
    assert body.closed == 1


def test_a_body_that_cant_be_iterated_fails_in_the_server(app: Flask) -> None:
    answering(app, 5)
    with pytest.raises(TypeError):
        raw(app).read()
    assert only(app).status == 500


def test_a_body_of_the_wrong_type_is_the_servers_to_refuse(app: Flask) -> None:
    answering(app, Body([5]))  # type: ignore[list-item]
    assert list(raw(app).body) == [5]
    assert only(app).size == 0


def test_an_exception_after_the_last_announced_byte_is_the_servers(app: Flask) -> None:
    answering(app, Body([b"all", OSError("late")]), {"Content-Length": "3"})
    with pytest.raises(OSError, match="late"):
        raw(app).read()
    found = only(app)
    assert (found.status, found.error) == (200, False)


def test_an_announced_body_of_several_pieces_may_fail_in_the_middle(app: Flask) -> None:
    body = Body([b"a", OSError("gone")])
    answering(app, body, {"Content-Length": "3"})
    answer = raw(app)
    with pytest.raises(OSError, match="gone"):
        answer.read()
    with pytest.raises(StopIteration):
        next(iter(answer.body))
    assert body.closed == 1
    found = only(app)
    assert (found.status, found.error, found.size) == (200, True, 1)
