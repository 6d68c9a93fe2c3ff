from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, request, send_file
from hosting import connected, environ, install, measured, only, raw, serving, until

GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def everything(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def test_what_a_client_has_got_can_be_read_at_once(app: Flask) -> None:
    app.get("/")(lambda: "hello")
    install(app)
    with serving(app) as address:
        for number in range(1, 6):
            with connected(address, GET) as connection:
                while b"hello" not in connection.recv(65536):
                    pass
                assert len(measured(app)) == number


def test_a_file_goes_over_the_wire_whole(app: Flask, tmp_path: Any) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"x" * 300_000)
    app.get("/")(lambda: send_file(file))
    install(app)
    with serving(app) as address, connected(address, GET) as connection:
        assert everything(connection).count(b"x" * 1000) == 300
    assert only(app).size == 300_000


def test_a_client_that_hangs_up_in_mid_stream_is_recorded(app: Flask) -> None:
    closed = threading.Event()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield b"x" * 65536
        finally:
            closed.set()

    app.get("/")(lambda: Response(endless()))
    install(app)
    with serving(app) as address:
        with connected(address, GET) as connection:
            connection.recv(1000)
        assert closed.wait(5)
        until(lambda: measured(app))
    found = only(app)
    assert found.status == 200
    assert found.size is not None
    assert found.size >= 65536


def withheld(headers: bytes = b"") -> bytes:
    return (
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n" + headers + b"\r\n"
    )


@pytest.mark.parametrize("unread", [True, False])
def test_a_client_that_withholds_its_body_gets_its_answer(
    app: Flask, unread: bool
) -> None:
    app.post("/")(lambda: "answered")
    install(app, capture={"unread": unread})
    with serving(app) as address, connected(address, withheld()) as connection:
        connection.settimeout(5)
        got = b""
        while b"answered" not in got:
            got += connection.recv(65536)
    assert only(app).context.form == {}


@pytest.mark.parametrize("unread", [True, False])
def test_a_body_that_comes_late_reaches_the_view(app: Flask, unread: bool) -> None:
    waiting = threading.Event()

    @app.post("/")
    def view() -> str:
        waiting.set()
        return request.form["a"]

    install(app, capture={"unread": unread})
    with serving(app) as address, connected(address, withheld()) as connection:
        assert waiting.wait(5)
        connection.sendall(b"a=1234567")
        assert b"1234567" in everything(connection)
    assert only(app).context.form == {"a": "1234567"}


def test_an_unread_body_is_shown_in_debug(app: Flask) -> None:
    app.post("/")(lambda: "untouched")
    install(app, capture={"unread": True})
    with (
        serving(app) as address,
        connected(address, withheld() + b"a=1234567") as connection,
    ):
        assert b"untouched" in everything(connection)
    assert only(app).context.form == {"a": "1234567"}


def test_a_socket_that_fails_while_an_unread_body_is_read_gives_nothing(
    app: Flask,
) -> None:
    class Gone:
        def read(self, _size: int) -> bytes:
            raise ConnectionResetError

    class Socket:
        patience: float | None = 7.0

        def gettimeout(self) -> float | None:
            return self.patience

        def settimeout(self, patience: float | None) -> None:
            self.patience = patience

    socket_ = Socket()
    app.post("/")(lambda: "answered")
    install(app, capture={"unread": True})
    made = environ("/", "POST", data={"a": "1"})
    raw(app, {**made, "wsgi.input": Gone(), "werkzeug.socket": socket_})
    assert socket_.patience == 7.0
    assert only(app).context.form == {}
