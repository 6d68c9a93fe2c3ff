"""Under every server the bytes of the answers are those without the profiler."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.faults.servers_kinds import GUNICORN
from tests.faults.servers_load import masked

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.servers import Server

CASES = {
    **{name: ("gunicorn", *GUNICORN[name]) for name in ("sync", "gthread", "gevent")},
    "uwsgi without threads": ("uwsgi", "--master"),
    "uwsgi": ("uwsgi", "--master", "--enable-threads"),
    "flask": ("flask",),
}
FORM = "application/x-www-form-urlencoded"
REQUESTS = [
    *(
        f"GET {path}"
        for path in ("/item/5", "/stream/3", "/stream/0", "/file", "/away")
    ),
    *(f"GET /fails/{status}" for status in (400, 404, 418, 500, 503)),
    *("GET /breaks", "GET /breaks/late", "GET /nowhere", "GET /item/five"),
    *("HEAD /item/5", "HEAD /file", "HEAD /stream/3"),
    *("OPTIONS /item/5", "PUT /item/5", "POST /echo a=1&b=%FF", "POST /echo"),
]


def answer(port: int, request: str, version: str) -> bytes:
    """Send a request and give all that comes back, but what always differs."""
    method, path, *rest = request.split()
    body = "".join(rest)
    lines = [f"{method} {path} HTTP/{version}", "Host: test", "Connection: close"]
    if method == "POST":
        lines += [f"Content-Type: {FORM}", f"Content-Length: {len(body)}"]
    with closing(socket.create_connection(("127.0.0.1", port), 30)) as wire:
        wire.sendall(("\r\n".join(lines) + f"\r\n\r\n{body}").encode())
        received = b""
        while more := wire.recv(65536):
            received += more
    return masked(received)


@pytest.mark.parametrize("case", CASES)
def test_the_answers_are_byte_for_byte_those_without_the_profiler(
    serve: Callable[..., Server], case: str
) -> None:
    profiled = serve(*CASES[case])
    plain = serve(*CASES[case], PROFILED="no")
    for request in REQUESTS:
        for version in ("1.0", "1.1"):
            expected = answer(plain.port, request, version)
            assert expected.startswith(b"HTTP/1."), (request, expected)
            assert answer(profiled.port, request, version) == expected, request
    profiled.stop()
    plain.stop()
    assert profiled.complaints() == []
    assert profiled.stored()[5] == 4, "GET and HEAD, in two versions"
