"""A process that answers blocks of requests in itself, when it is asked to.

    python -m harness.asked

Reads a line of JSON for each block, `{"scenario": …, "seconds": …, "count": …}`, and
writes one with the nanoseconds of each request, and the processor time of the block.
A block ends when `count` requests are answered or `seconds` are over. What the peer
prints goes to the log.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from traffic import SCENARIOS, answer

from harness.application import create

if TYPE_CHECKING:
    import flask

WARM = 30
"""Requests before each block that don't count: caches are somebody else's then."""


def block(app: flask.Flask, asked: dict[str, Any]) -> dict[str, Any]:
    make = SCENARIOS[asked["scenario"]]
    for _ in range(min(WARM, asked["count"])):
        answer(app, make())
    taken: list[int] = []
    cpu = time.process_time_ns()
    end = time.perf_counter() + asked["seconds"]
    while len(taken) < asked["count"] and time.perf_counter() < end:
        taken.append(answer(app, make()))
    return {"ns": taken, "cpu_ns": time.process_time_ns() - cpu}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    app = create()
    for line in sys.stdin:
        answers.write(json.dumps(block(app, json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
