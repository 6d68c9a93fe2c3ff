"""The clock goes back, descriptors run out, the host closes what it doesn't know."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

from tests.faults.storage_faults import (
    drained_by_workers,
    hosting,
    once,
    open_files,
    summary,
)
from tests.integration.conftest import Wire, wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.storage_faults import Host

HOUR = 3600
LOOKS = 2.5
"""Seconds in which a worker looks after its spool more than once."""

STEPPING = """
import time

wall, wall_ns = time.time, time.time_ns
set_back = 0
time.time = lambda: wall() - set_back
time.time_ns = lambda: wall_ns() - set_back * 10**9


@app.get("/step/<int:seconds>")
def step(seconds):
    global set_back
    set_back = seconds
    return "stepped"

"""

HOGGING = """
hogged = []


@app.get("/hog")
def hog():
    try:
        while True:
            hogged.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        return error.strerror


@app.get("/release")
def release():
    while hogged:
        os.close(hogged.pop())
    return "released"

"""

CLOSING = """
import stat

taken = []


@app.get("/close")
def close():
    # As daemons do; what isn't a file is the server's.
    for name in os.listdir("/proc/self/fd"):
        try:
            path = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if "segment-" in path:
            os.close(int(name))
    taken.extend(open(f"taken-{n}", "w+") for n in range(20))
    return "closed"

"""


def ask(wire: Wire, path: str) -> bytes:
    head, body = wire.exchange(path)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n"), head
    return body


def ask_items(host: Host, wire: Wire, first: int, count: int) -> None:
    """Ask on one connection, since a server without descriptors accepts no other."""
    for number in range(first, first + count):
        assert ask(wire, f"/item/{number}") == b"item %d" % number
        host.answered.add(number)


def few_descriptors() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))


def test_a_clock_that_is_set_back_an_hour_loses_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    """Times go on to be told apart, none is negative, and all of it is drained."""
    with hosting(tmp_path, "-w", "1", views=STEPPING) as host:
        host.send(0, 40)
        drained_by_workers(host, 40)
        wire = Wire(host.port)
        assert ask(wire, f"/step/{HOUR}") == b"stepped"
        host.send(40, 40)
        assert ask(wire, "/step/0") == b"stepped"
        host.send(80, 40)
        # The steps themselves are in the middle of their requests.
        drained_by_workers(host, 120)
    found = host.measurements()
    items = {m.kwargs["number"]: m for m in found if "number" in m.kwargs}
    assert host.rows() == once(0, 120)
    assert len({m.uid for m in found}) == len(found) == 122
    assert all(0 <= m.elapsed_us < 60_000_000 for m in found)
    starts = [items[number].started_us for number in range(120)]
    assert HOUR - 60 < (starts[39] - starts[40]) / 1e6 < HOUR
    assert not host.lost()
    assert summary(host).code == 0


def test_a_worker_without_a_descriptor_left_keeps_what_it_measures(
    tmp_path: Path,
) -> None:
    """It goes on in its open segment, also when it is time for another one."""
    options = ("-w", "1", "-k", "gthread", "--threads", "2")
    with hosting(tmp_path, *options, views=HOGGING, before=few_descriptors) as host:
        wire = Wire(host.port)
        ask_items(host, wire, 0, 20)
        drained_by_workers(host, 20)
        before = open_files(*host.workers())
        assert ask(wire, "/hog") == b"Too many open files"
        number, end = 20, time.monotonic() + LOOKS
        while time.monotonic() < end:
            ask_items(host, wire, number, 20)
            number += 20
        assert ask(wire, "/release") == b"released"
        ask_items(host, wire, number, 20)
        wire.close()
        wait_for(lambda: open_files(*host.workers()) <= before + 12, "descriptors back")
    assert host.rows() == once(0, number + 20)
    assert not host.lost()


def test_a_host_that_closes_our_descriptor_loses_nothing_and_gets_none_of_our_lines(
    tmp_path: Path,
) -> None:
    """Files that it opens then have other numbers."""
    with hosting(tmp_path, "-w", "1", views=CLOSING) as host:
        host.send(0, 20)
        wire = Wire(host.port)
        assert ask(wire, "/close") == b"closed"
        host.send(20, 50)
    assert host.stored() == once(0, 70)
    assert not host.lost()
    taken = list(tmp_path.glob("taken-*"))
    assert len(taken) == 20
    assert all(path.stat().st_size == 0 for path in taken)
