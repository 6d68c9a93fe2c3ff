"""Hosts that do odd things under real servers: as without us, and stored once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.odd_pairs import INSIDE, OPTIONS, Client, Pair, pair
from tests.faults.servers import wait_for

RAISED = (
    *("system-exit", "generator-exit", "keyboard-interrupt", "memory-error"),
    "key-error",
)


@pytest.fixture(scope="module", params=OPTIONS)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    with pair(request.param, tmp_path_factory.mktemp("pair")) as started:
        yield started


def asked(both: Pair, path: str) -> int:
    """Get the same from both servers; give the number of the request."""

    def ask(client: Client) -> None:
        client.request("GET", path)
        client.gets_all()

    return both.play(ask)


def until_stored(both: Pair, number: int) -> None:
    """Wait for one measurement; what ends after its answer is stored after it."""
    wait_for(lambda: both.stored(number), "the measurement")
    assert both.stored(number) == 1


def test_a_view_that_calls_another_is_one_request(both: Pair) -> None:
    assert both.stored(asked(both, "/calls")) == 1


@pytest.mark.parametrize("path", ["/client", "/fork", "/process"])
def test_a_request_inside_another_is_stored_beside_it(both: Pair, path: str) -> None:
    """Through the application's own client: in the view, in a child, in a process."""
    number = asked(both, path)
    assert (both.stored(number), both.stored(number + INSIDE)) == (1, 1)


def test_contexts_that_are_pushed_by_hand_change_nothing(both: Pair) -> None:
    assert both.stored(asked(both, "/contexts")) == 1


def test_a_thread_may_outlive_its_request_with_a_copy_of_its_context(
    both: Pair,
) -> None:
    def ask(client: Client) -> None:
        client.request("GET", "/thread")
        client.gets_all()
        client.host_notes(
            f"thread /thread/{client.number} {client.number + INSIDE:08d}"
        )

    number = both.play(ask)
    assert (both.stored(number), both.stored(number + INSIDE)) == (1, 1)


def test_a_view_that_is_replaced_later_is_still_measured(both: Pair) -> None:
    numbers = [asked(both, path) for path in ("/late", "/replaces", "/late")]
    assert [both.stored(number) for number in numbers] == [1, 1, 1]


@pytest.mark.parametrize("path", [f"/raises/{name}" for name in RAISED])
def test_whatever_a_view_raises_is_what_the_server_gets(both: Pair, path: str) -> None:
    until_stored(both, asked(both, path))


@pytest.mark.parametrize("path", ["/teardown", "/half-way"])
def test_a_failure_after_the_view_is_what_the_server_gets(
    both: Pair, path: str
) -> None:
    until_stored(both, asked(both, path))


def test_a_socket_may_be_taken_away_from_the_server(both: Pair) -> None:
    """As websockets do: the response is never started."""
    until_stored(both, asked(both, "/upgrade"))


def test_a_child_may_answer_in_place_of_its_worker(both: Pair) -> None:
    """The worker is gone; under gunicorn another takes its place."""
    if both.kind == "werkzeug":
        return  # there it would be the server
    until_stored(both, asked(both, "/fork-and-leave"))
    assert both.stored(asked(both, "/item")) == 1
