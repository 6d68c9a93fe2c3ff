"""Clients that keep servers waiting: the answer comes when it would without us.

The order of what happens is compared with that of the same host without the profiler,
and the answers byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.odd_pairs import Client, Pair, pair
from tests.faults.servers import wait_for

FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.fixture(scope="module", params=["sync", "gthread", "werkzeug unread"])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    kind, _, unread = request.param.partition(" ")
    folder = tmp_path_factory.mktemp("pair")
    with pair(kind, folder, UNREAD="yes" if unread else "no") as started:
        yield started


def test_a_body_that_nobody_wants_is_not_waited_for(both: Pair) -> None:
    def withheld(client: Client) -> None:
        client.request("POST", "/ignores", FORM, "Content-Length: 9")
        client.host_notes("entered")
        client.gets_all()

    assert both.stored(both.play(withheld)) == 1


def test_a_body_that_comes_late_is_waited_for_by_the_view_alone(both: Pair) -> None:
    def late(client: Client) -> None:
        client.request("POST", "/reads", FORM, "Content-Length: 9")
        client.host_notes("entered")
        client.send(b"a=1234567")
        client.host_notes("read b'a=1234567'")
        client.gets_all()

    assert both.stored(both.play(late)) == 1


def test_a_slow_body_reaches_the_view_when_the_server_has_it(both: Pair) -> None:
    """Werkzeug's server gives each byte as it comes, gunicorn all at once."""

    def slow(client: Client) -> None:
        client.request("POST", "/bytes", "Content-Length: 5")
        client.host_notes("entered")
        for number in range(5):
            client.send(b"%d" % number)
            if both.kind == "werkzeug":
                client.host_notes(f"byte b'{number}'")
        client.gets_all()

    assert both.stored(both.play(slow)) == 1


@pytest.mark.parametrize("path", ["/reads", "/ignores"])
def test_a_client_that_expects_to_be_told_to_go_on_is_told_so(
    both: Pair, path: str
) -> None:
    def expecting(client: Client) -> None:
        client.request("POST", path, "Content-Length: 3", "Expect: 100-continue")
        client.gets(len(b"HTTP/1.1 100 Continue\r\n\r\n"))
        client.host_notes("entered")
        client.send(b"abc")
        if path == "/reads":
            client.host_notes("read b'abc'")
        client.gets_all()

    assert both.stored(both.play(expecting)) == 1


def test_a_client_that_leaves_before_its_body_is_the_same(both: Pair) -> None:
    def leaving(client: Client) -> None:
        client.request("POST", "/reads", FORM, "Content-Length: 9", body=b"a")
        client.host_notes("entered")
        client.resets()

    number = both.play(leaving)
    wait_for(lambda: both.stored(number) == 1, "the measurement")


@pytest.mark.parametrize("path", ["/endless", "/large"])
def test_a_connection_reset_in_mid_response_is_stored_once(
    both: Pair, path: str
) -> None:
    def resetting(client: Client) -> None:
        client.request("GET", path)
        client.host_notes("entered")
        client.gets(500)
        client.resets()
        if path == "/endless":
            client.host_notes("closed")

    number = both.play(resetting)
    wait_for(lambda: both.stored(number) == 1, "the measurement")


def test_requests_that_come_at_once_are_answered_in_turn(both: Pair) -> None:
    """Nobody takes what belongs to the request behind."""

    def at_once(client: Client) -> None:
        number = client.number
        first = (
            f"POST /ignores/{number} HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n"
        )
        second = f"GET /item/{number} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
        client.send(f"{first}\r\nabc{second}\r\n".encode())
        client.gets_all(until_closed=True)

    number = both.play(at_once)
    assert both.stored(number) in (1, 2)  # some servers answer the first, and close


@pytest.mark.parametrize("path", ["/reads", "/ignores"])
def test_a_chunked_body_is_read_as_it_would_be(both: Pair, path: str) -> None:
    def chunked(client: Client) -> None:
        client.request("POST", path, FORM, "Transfer-Encoding: chunked")
        client.host_notes("entered")
        client.send(b"2\r\na=\r\n3\r\n123\r\n0\r\n\r\n")
        client.gets_all()

    assert both.stored(both.play(chunked)) == 1


def test_bytes_that_are_no_text_come_through(both: Pair) -> None:
    def hostile(client: Client) -> None:
        client.request(
            "POST",
            "/reads",
            *("Content-Length: 3", "X-Twice: 1", "X-Twice: 2", "X-Odd: \xff"),
            *("Cookie: a=\xff; a=2", "Cookie: b=1", "Content-Type: text/\xe9; =;"),
            body=b"\x00\xff\n",
        )
        client.gets_all()

    assert both.stored(both.play(hostile)) == 1
