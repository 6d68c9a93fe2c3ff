from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, Response
from hosting import install, only


@pytest.mark.parametrize(
    ("value", "status", "body"),
    [
        ("text", 200, b"text"),
        (b"bytes", 200, b"bytes"),
        (("made", 201), 201, b"made"),
        (("made", 202, {"X-A": "1"}), 202, b"made"),
        ({"a": 1}, 200, b'{"a":1}\n'),
        ([1, 2], 200, b"[1,2]\n"),
        (Response("made", 203), 203, b"made"),
        (Response(status=204), 204, b""),
    ],
)
def test_whatever_a_view_returns_the_final_status_and_size_are_stored(
    app: Flask, value: Any, status: int, body: bytes
) -> None:
    app.get("/")(lambda: value)
    install(app)
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.data) == (status, body)
    found = only(app)
    assert (found.status, found.size, found.error) == (status, len(body), False)


def test_a_view_may_return_a_wsgi_application(app: Flask) -> None:
    def other(environ: Any, start_response: Any) -> list[bytes]:
        start_response("206 Partial", [("Content-Length", "2")])
        return [environ["wsgi.input"].read(2)]

    app.post("/")(lambda: other)
    install(app, capture={"unread": True})
    assert app.test_client().post("/", data=b"ab").data == b"ab"
    found = only(app)
    assert (found.status, found.size) == (206, 2)
