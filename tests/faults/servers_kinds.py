"""The kinds of servers, and how each is launched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

BIN = Path(sys.executable).parent
APPLICATION = Path(__file__).with_name("servers_app.py")
GTHREAD = ["-k", "gthread", "--threads", "8"]
GUNICORN = {
    "sync": ["-w", "2"],
    "gthread": ["-w", "2", *GTHREAD],
    "preload": ["-w", "2", *GTHREAD, "--preload"],
    "gevent": ["-w", "2", "-k", "gevent"],
}
"""The ways to run gunicorn."""


@dataclass(frozen=True)
class Kind:
    """How a kind of server is called, and where it says its port."""

    command: str
    port: re.Pattern[str]
    keeps: bool = True
    """Whether it keeps a connection for another request."""


KINDS = {
    "gunicorn": Kind(
        "gunicorn served:app -b 127.0.0.1:0 --no-control-socket --graceful-timeout 2",
        re.compile(r"Listening at: \S+:(\d+)"),
    ),
    "uwsgi": Kind(
        "pyuwsgi --http-socket 127.0.0.1:0 -w served:app --processes 2 -L"
        " --worker-reload-mercy 2",
        re.compile(r"bound to TCP address 127\.0\.0\.1:(\d+)"),
        keeps=False,
    ),
    "flask": Kind(
        "flask --app served run --port 0",
        re.compile(r"Running on http://127\.0\.0\.1:(\d+)"),
        keeps=False,
    ),
}


def launch(
    kind: str, options: list[str], folder: Path, out: BinaryIO, settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Run a server in a folder with the application, as a process group of its own."""
    if not (folder / "served.py").exists():
        shutil.copy(APPLICATION, folder / "served.py")
    program, *arguments = KINDS[kind].command.split()
    return subprocess.Popen(
        [str(BIN / program), *arguments, *options],
        cwd=folder,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env=_environment() | settings,
    )


def _environment() -> dict[str, str]:
    # One seed, because sets of methods are answered in their order. No coverage: it
    # makes servers half as fast, and what is killed leaves files that can't be read.
    ours = {name: text for name, text in os.environ.items() if "COVERAGE_" not in name}
    return ours | {"PYTHONUNBUFFERED": "1", "PYTHONHASHSEED": "0"}
