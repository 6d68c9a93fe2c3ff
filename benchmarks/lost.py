"""How many answered requests are missing in the store when workers are killed.

    python benchmarks/lost.py

Gunicorn with two sync workers; eight clients ask numbered requests one after the other.
Under that load workers get SIGKILL; gunicorn starts others. At the end the server is
stopped in good order, the spool is drained, and what was answered is looked for.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from pathlib import Path

from harness import command, figures, stores
from harness.client import Clients
from harness.figures import percent
from harness.servers import Server
from harness.table import Table
from harness.variants import DRAINED_BESIDE, OURS, STORING, Variant

REQUESTS = 600
KILLS = 3
HEADING = ("", "answered", "missing", "of answered")


def kill_some(server: Server, clients: Clients, requests: int) -> None:
    """Kill a worker each time that another part of the requests is answered."""
    for part in range(1, KILLS + 1):
        while clients.working() and len(clients.answered) < part * requests // 4:
            time.sleep(0.001)
        if workers := server.group.children():
            os.kill(random.choice(workers), signal.SIGKILL)


def round_of(variant: Variant, request: command.Request) -> tuple[int, int]:
    """Give how many requests were answered, and how many of them are missing."""
    folder = Path(tempfile.mkdtemp(dir=request.folder))
    requests = 40 if request.quick else REQUESTS
    server = Server(variant, folder, "--workers=2")
    try:
        clients = Clients(server.port, requests)
        clients.start()
        kill_some(server, clients, requests)
        clients.join()
        server.group.rest(10.0)
    finally:
        server.stop()
    missing = stores.missing(variant, folder, clients.answered)
    return len(clients.answered), missing


def measure(request: command.Request) -> list[Table]:
    made = Table("Answered and missing, after SIGKILL of workers", HEADING)
    ours = (OURS,) if request.quick else (OURS, DRAINED_BESIDE)
    for variant in (*ours, *request.among(STORING)):
        rounds = [round_of(variant, request) for _ in range(request.rounds)]
        answered, missing = map(sum, zip(*rounds, strict=True))
        share = percent(missing / answered) if missing else "0"
        made.add(variant.title, f"{answered:,}", f"{missing:,}", share)
    rounds = figures.rounds(range(request.rounds))
    made.notes.append(f"{rounds}, with {KILLS} kills each.")
    return [made]


if __name__ == "__main__":
    command.run(__doc__, measure, rounds=3)
