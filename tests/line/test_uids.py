from __future__ import annotations

import itertools
import threading

from flask_profiler.clock import US
from flask_profiler.line.encode import process_as_json
from tests.lines import line, spooled

PROCESS = process_as_json(1, "h")


def uid(started: int = 1, count: int = 1, process: object = PROCESS) -> str:
    (measurement,) = spooled(line(started=started, count=count, process=process))
    return measurement.uid


def test_a_uid_begins_with_the_second_of_the_start_and_ends_with_the_count() -> None:
    made = uid(0x65A1B2C3 * US + 999_999, 0xABCDEF)
    assert made.startswith("65a1b2c3")
    assert made.endswith("abcdef")
    assert len(bytes.fromhex(made)) == 12


def test_uids_of_a_process_are_in_the_order_of_their_times_and_counts() -> None:
    begun = [(second * US, count) for second in (1, 2, 300) for count in (0, 1, 70_000)]
    uids = [uid(*each) for each in begun]
    assert sorted(uids) == uids
    assert len(set(uids)) == len(uids)


def test_a_count_and_a_time_beyond_their_bytes_begin_again() -> None:
    assert uid(1, (1 << 24) + 5) == uid(1, 5)
    assert uid((1 << 32) * US, 5) == uid(0, 5)
    assert len(uid(-US, -1)) == 24


def test_the_uid_is_the_same_whoever_reads_the_line() -> None:
    lines = spooled(*[line() for _ in range(5)])
    assert [m.uid for m in lines] == [m.uid for m in spooled(*lines.raws)]


def test_uids_of_many_threads_and_processes_differ() -> None:
    made: list[str] = []
    sources = [(process_as_json(1, "h"), itertools.count()) for _ in range(2)]

    def make(source: int) -> None:
        process, counter = sources[source]
        made.extend([uid(10**15, next(counter), process) for _ in range(500)])

    threads = [threading.Thread(target=make, args=(n % 2,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 4000
