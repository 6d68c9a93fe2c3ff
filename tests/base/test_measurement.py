from __future__ import annotations

import threading

from flask_profiler.measurement import Measurement, Phases
from tests.uids import Uids


def test_seconds_outside_are_exact_microseconds_inside() -> None:
    m = Measurement(
        uid="0" * 24, started_us=1_500_000, elapsed_us=250_000, method="GET", name="/"
    )
    assert (m.started_at, m.elapsed, m.ended_at) == (1.5, 0.25, 1.75)


def test_phases_add_up() -> None:
    assert Phases(before=1, view=20, after=300, stream=4000).total == 4321


def test_a_uid_begins_with_the_second_of_the_start() -> None:
    uid = Uids().make(0x65A1B2C3 * 1_000_000 + 999_999)
    assert uid.startswith("65a1b2c3")
    assert len(bytes.fromhex(uid)) == 12


def test_uids_of_many_threads_and_processes_differ() -> None:
    made: list[str] = []
    makers = [Uids(), Uids()]

    def make(maker: Uids) -> None:
        made.extend([maker.make(10**15) for _ in range(2000)])

    threads = [threading.Thread(target=make, args=(m,)) for m in makers * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 16_000
