"""Whatever becomes of the place of the store, requests are answered, books balance."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flask_profiler.errors import StorageError
from flask_profiler.query import Filter
from flask_profiler.spool import counters
from flask_profiler.storage.registry import open_url
from tests.faults.servers import wait_for
from tests.faults.servers_load import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.conftest import Server

SIZE = 512 * 1024
ROOM = 4096
"""Bytes that a file may have where no disk can be mounted: enough to count in."""


class Disk:
    """A small disk that can be filled and freed, or a limit that stands for one."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder, self.mounted = folder, mounted
        self._filler = folder / "filler"

    def fill(self, server: Server) -> None:
        if not self.mounted:
            limit(server, ROOM)
            return
        with self._filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                return

    def free(self, server: Server) -> None:
        if self.mounted:
            self._filler.unlink()
        else:
            limit(server, resource.RLIM_INFINITY)


def limit(server: Server, size: int) -> None:
    """Let no file of a server's workers grow beyond `size` bytes from now on."""
    master = server.process.pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    for pid in map(int, children):
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def small_disk(folder: Path, *, mounting: bool) -> Iterator[Disk]:
    folder.mkdir()
    how = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    mounted = mounting and shutil.which("mount") is not None
    mounted = mounted and not _fails(how)
    try:
        yield Disk(folder, mounted=mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def send(server: Server, first: int, count: int) -> None:
    """Send requests one after the other; each must be answered."""
    wire = Wire(server.port)
    for number in range(first, first + count):
        server.ask(number, wire)
        assert number in server.books.answered
        if number % 10 == 0:
            wire.close()
    wire.close()


def summary(folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask the real executable."""
    flask = Path(sys.executable).with_name("flask")
    return subprocess.run(
        [str(flask), "profiler", "summary", "--db", "store.sql"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Log:
    """What the workers say of us: they share their stderr with the test."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured = captured
        self._text = ""

    def lines(self) -> list[str]:
        self._text += self._captured.readouterr().err
        return [line for line in self._text.splitlines() if "flask_profiler" in line]


@pytest.fixture
def log(capfd: pytest.CaptureFixture[str]) -> Log:
    return Log(capfd)


@pytest.mark.parametrize("mounting", [True, False])
def test_a_full_disk_loses_only_what_is_counted(
    serve: Callable[..., Server], tmp_path: Path, log: Log, *, mounting: bool
) -> None:
    with small_disk(tmp_path / "disk", mounting=mounting) as disk:
        (tmp_path / "store.sql").symlink_to(disk.folder / "store.sql")
        spool = disk.folder / "store.sql.spool"
        server = serve("-w", "2")
        send(server, 0, 100)
        assert len(server.stored()) == 100
        disk.fill(server)
        send(server, 100, 200)
        asked = summary(tmp_path)
        assert (asked.returncode, "/item/" in asked.stdout) == (0, True)
        disk.free(server)

        def spooled_again() -> bool:
            number = len(server.books.sent)
            send(server, number, 1)
            return server.stored()[number] == 1

        wait_for(spooled_again, "the spool taken up again")
        server.stop()
        stored = server.stored()
        lost = counters.read(spool)
        answered = set(server.books.answered)
        assert set(stored.values()) == {1}
        assert set(stored) <= answered
        assert lost.rejected == 0
        assert len(stored) + lost.dropped + lost.torn == len(answered)
        assert lost.dropped > 0
        assert any("can't be written: " in line for line in log.lines())


def spoil_kind(path: Path) -> None:
    path.write_text("my notes\n" * 1000)


def spoil_directory(path: Path) -> None:
    path.mkdir()


def spoil_version(path: Path) -> None:
    storage = open_url(str(path))
    storage.insert_many([])
    storage.close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE measurements_meta SET value = 99 WHERE key = 'schema'")
    db.close()


def spoil_pages(path: Path) -> None:
    spoil_version(path)
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xa5" * 4096)


SPOILED = {
    "is not an SQLite database": spoil_kind,
    "is a directory": spoil_directory,
    "schema version 99": spoil_version,
    "is damaged": spoil_pages,
}


@pytest.mark.parametrize("said", SPOILED)
def test_what_is_no_store_harms_no_request_and_is_left_alone(
    serve: Callable[..., Server], tmp_path: Path, log: Log, said: str
) -> None:
    path = tmp_path / "store.sql"
    SPOILED[said](path)
    before = path.is_file() and path.read_bytes()
    server = serve("-w", "2")
    send(server, 0, 50)
    wait_for(log.lines, "the complaint in the log")
    asked = summary(tmp_path)
    assert asked.returncode == 1
    assert asked.stdout == ""
    assert "Error: The database store.sql " in asked.stderr
    assert said in asked.stderr.partition("Error:")[2]
    assert "50 measurements still wait in the spool" in asked.stderr
    server.stop()
    told = log.lines()
    assert all(said in line for line in told)
    assert len(told) <= 2, "one line from each worker"
    assert (path.is_file() and path.read_bytes()) == before
    with pytest.raises(StorageError):
        open_url(str(path)).count(Filter())
    path.rename(tmp_path / "away")
    assert server.stored() == dict.fromkeys(range(50), 1)
