"""Drain the spool of the working directory over and over, as a process of its own.

python -m harness.drainer
"""

from __future__ import annotations

import time
from pathlib import Path

from flask_profiler.recorder import Drainer
from flask_profiler.storage.registry import open_url
from harness.places import OURS, SPOOL

PAUSE = 0.1


def main() -> None:
    drainer = Drainer(Path(SPOOL).absolute(), open_url(OURS))
    while True:
        drainer.run()
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
