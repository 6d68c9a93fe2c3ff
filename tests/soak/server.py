"""A real gunicorn, and who works for it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

THREADS = 4


class Server:
    """Gunicorn with `gthread` workers over `served.py` in a folder; its own log."""

    def __init__(self, folder: Path, name: str, workers: int) -> None:
        self.folder, self.name, self.workers = folder, name, workers
        self._log = folder / f"{name}.log"
        with (folder / f"{name}.err").open("w") as err:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "served:app"),
                    *("-b", "127.0.0.1:0", "-w", str(workers), "--keep-alive", "75"),
                    *("-k", "gthread", "--threads", str(THREADS), "--timeout", "120"),
                    *("--no-control-socket", "--log-file", str(self._log)),
                ],
                cwd=folder,
                stderr=err,
                text=True,
            )
        try:
            self.port = self._listening()
        except BaseException:
            self.stop()
            raise

    @property
    def master(self) -> int:
        """Give the pid of the master."""
        return self.process.pid

    def pids(self) -> list[int]:
        """Give the pids of the workers that there are now."""
        children = Path(f"/proc/{self.master}/task/{self.master}/children")
        try:
            return [int(pid) for pid in children.read_text().split()]
        except OSError:
            return []

    def check(self) -> None:
        """Raise if it is no longer there."""
        if self.process.poll() is not None:
            raise RuntimeError(f"the {self.name} gunicorn has ended: see {self._log}")

    def stop(self) -> bool:
        """End it as an operator does; tell whether it ended by itself."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(45)
        except subprocess.TimeoutExpired:
            workers = self.pids()
            self.process.kill()
            self.process.wait()
            for pid in workers:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return False
        return True

    def complaints(self) -> list[str]:
        """Give what the workers logged of the profiler."""
        text = (self.folder / f"{self.name}.err").read_text(errors="replace")
        return [line for line in text.splitlines() if line.startswith("flask_profiler")]

    def _listening(self) -> int:
        found: list[str] = []

        def is_listening() -> bool:
            self.check()
            text = self._log.read_text() if self._log.exists() else ""
            found.extend(re.findall(r"Listening at: .*:(\d+)", text))
            return bool(found)

        if not poll(is_listening, 30):
            raise RuntimeError(f"gunicorn doesn't listen: see {self._log}")
        return int(found[0])


def poll(condition: Callable[[], object], seconds: float) -> bool:
    """Tell whether a condition came to hold before the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
