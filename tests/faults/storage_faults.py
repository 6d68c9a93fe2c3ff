"""A real server whose storage is ill-treated, and the books that must balance.

Each case states the same: every answer is, but for its date, the bytes that a server
without the profiler sends; what was answered is stored once, or counted as lost.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from flask_profiler.cli import profiler
from flask_profiler.errors import StorageMissingError
from flask_profiler.query import Filter
from flask_profiler.recorder import drain_for_reader
from flask_profiler.spool import counters
from flask_profiler.spool.folder import folder_for
from flask_profiler.storage.registry import open_url
from tests.integration.conftest import Wire, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask_profiler.measurement import Measurement
    from flask_profiler.recorder import Outcome
    from flask_profiler.spool.counters import Counts

APPLICATION = """
import json
import os
from flask import Flask, request

app = Flask(__name__)


@app.get("/item/<int:number>")
def item(number):
    return f"item {number}"

%s
settings = json.loads(os.environ["PROFILED"])
if settings:
    import flask_profiler

    app.config["flask_profiler"] = settings
    flask_profiler.init_app(app)
"""
_DATE = re.compile(rb"\r\nDate: [^\r]*")
_HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: gunicorn\r\nConnection: close\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Length: %d"
)
NOBODY = 65534
_PR_CAPBSET_DROP = 24
_MAY_IGNORE_MODES = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""


@dataclass
class Host:
    """A running server over an application whose store is `file`."""

    process: subprocess.Popen[str]
    port: int
    file: Path
    spool: Path
    log: Path
    config: dict[str, Any]
    answered: set[int] = field(default_factory=set)

    def send(self, first: int, count: int) -> None:
        """Send requests one by one; each answer is the one without the profiler."""
        wire = Wire(self.port)
        for number in range(first, first + count):
            head, body = wire.exchange(f"/item/{number}")
            plain = b"item %d" % number
            assert (_DATE.sub(b"", head), body) == (_HEAD % len(plain), plain)
            self.answered.add(number)

    def workers(self) -> list[int]:
        master = self.process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text()
        return [int(pid) for pid in children.split()]

    def rows(self) -> Counter[int]:
        """Count what is stored of each number, without draining."""
        kwargs = [m.kwargs for m in self.measurements()]
        return Counter(k["number"] for k in kwargs if "number" in k)

    def measurements(self) -> list[Measurement]:
        """Give what is stored, without draining."""
        storage = open_url(str(self.file))
        try:
            return storage.find(Filter())
        except StorageMissingError:
            return []
        finally:
            storage.close()

    def drain(self, seconds: float = 30.0) -> Outcome:
        """Drain as a reader does."""
        storage = open_url(str(self.file))
        try:
            return drain_for_reader(storage, self.spool, seconds)
        finally:
            storage.close()

    def stored(self) -> Counter[int]:
        """Drain as a reader does, and count what is stored of each number."""
        outcome = self.drain()
        assert not outcome.waiting, outcome
        return self.rows()

    def lost(self) -> Counts:
        return counters.read(self.spool)

    def takes_up(self, first: int) -> int:
        """Send until something is stored again; give the number that comes next."""
        numbers = iter(range(first, first + 10_000))

        def stored_again() -> bool:
            number = next(numbers)
            self.send(number, 1)
            return not self.drain().waiting and self.rows()[number] == 1

        wait_for(stored_again, "storing again", 30)
        return next(numbers)

    def footprint(self) -> tuple[int, int]:
        """Give the workers' open descriptors, and their memory in KB."""
        return sum(map(open_files, self.workers())), sum(map(memory, self.workers()))

    def told(self) -> str:
        """Give what the workers said on stderr."""
        return self.log.read_text()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        assert self.process.wait(30) == 0


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1])


@contextmanager
def bounded(host: Host) -> Iterator[None]:
    """Let the block cost a server that is warm no descriptors and little memory."""
    files, kilobytes = host.footprint()
    yield
    # Connections to the database, its -wal and -shm come and go.
    wait_for(lambda: host.footprint()[0] <= files + 12, "descriptors given back")
    assert host.footprint()[1] - kilobytes < 60_000


LOCKER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
db.execute("ROLLBACK")
"""


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Let another process hold the lock of a database while the block runs."""
    command = [sys.executable, "-c", LOCKER, str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as locker:
        assert locker.stdout is not None
        assert locker.stdout.readline() == b"locked\n"
        yield
        assert locker.poll() is None, "all that happened under the lock"
        locker.communicate(timeout=30)


class Child:
    """Another process that does something, and gives what comes of it."""

    def __init__(self, action: Callable[[], object], *, nobody: bool = False) -> None:
        self._pipe, theirs = os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.write(theirs, json.dumps(_outcome(action, nobody=nobody)).encode())
            # Nobody can't write the coverage where the test's user can.
            os.kill(os.getpid(), signal.SIGKILL if nobody else signal.SIGCONT)
            os._exit(0)
        os.close(theirs)

    def result(self) -> Any:
        """Wait for what the action gives, or the name and words of its exception."""
        with os.fdopen(self._pipe, "rb") as pipe:
            answer = pipe.read()
        os.waitpid(self._pid, 0)
        return json.loads(answer)


def _outcome(action: Callable[[], object], *, nobody: bool) -> object:
    try:
        if nobody and os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        return action()
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


def as_nobody(action: Callable[[], object]) -> Any:
    """Give what an action gives in a process that isn't root."""
    return Child(action, nobody=True).result()


def obey_modes() -> None:
    """Let root be refused what modes forbid, in the process that is to be started."""
    prctl = ctypes.CDLL(None).prctl
    for capability in _MAY_IGNORE_MODES:
        prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


@contextmanager
def hosting(
    folder: Path,
    *options: str,
    file: str = "store.sql",
    views: str = "",
    profiled: bool = True,
    before: Callable[[], None] | None = None,
    **settings: Any,
) -> Iterator[Host]:
    """Serve the application out of `folder`; stop it after the block."""
    storage = {"engine": "sqlite", "FILE": file} | settings.pop("storage", {})
    config = {"enabled": True, "storage": storage} | settings
    folder.mkdir(exist_ok=True)
    (folder / "hosted.py").write_text(APPLICATION % views)
    host = _started(folder, options, config if profiled else {}, before)
    try:
        yield host
    except BaseException:
        host.process.kill()
        host.process.wait(30)
        sys.stderr.write(host.told())
        raise
    host.stop()


def _started(
    folder: Path,
    options: tuple[str, ...],
    config: dict[str, Any],
    before: Callable[[], None] | None,
) -> Host:
    own = [] if options else ["-w", "2"]
    log = folder / "served.log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "hosted:app", "-b", "127.0.0.1:0"),
                *("--no-control-socket", *own, *options),
            ],
            cwd=folder,
            stderr=stderr,
            text=True,
            env=environment(config),
            preexec_fn=before,  # noqa: PLW1509 - no other thread runs here
        )
    found: list[str] = []

    def listening() -> bool:
        assert process.poll() is None, log.read_text()
        found.extend(re.findall(r"Listening at: .*:(\d+)", log.read_text()))
        return bool(found)

    wait_for(listening, "the server", 30)
    storage = config.get("storage", {})
    file = folder / storage.get("FILE", "none")
    spool = storage.get("SPOOL")
    place = folder_for(open_url(str(file)), Path(spool) if spool else None)
    return Host(process, int(found[0]), file, place, log, config)


@dataclass
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    said: str


def once(first: int, end: int) -> dict[int, int]:
    return dict.fromkeys(range(first, end), 1)


def drained_by_workers(host: Host, count: int) -> None:
    wait_for(lambda: len(host.rows()) >= count, "the workers' draining", 30)


def summary(host: Host) -> Answer:
    """Ask for the summary as a person does: with `--db`, or with the application."""
    if "SPOOL" in host.config["storage"]:
        return _summary_of_application(host)
    result = CliRunner().invoke(profiler, ["summary", "--db", str(host.file)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return Answer(result.exit_code, result.stdout, result.stderr)


def _summary_of_application(host: Host) -> Answer:
    flask = str(Path(sys.executable).with_name("flask"))
    result = subprocess.run(
        [flask, "--app", "hosted", "profiler", "summary"],
        cwd=host.log.parent,
        env=environment(host.config),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Answer(result.returncode, result.stdout, result.stderr)


def environment(config: dict[str, Any]) -> dict[str, str]:
    place = tempfile.gettempdir()
    return os.environ | {"PROFILED": json.dumps(config), "TMPDIR": place}
