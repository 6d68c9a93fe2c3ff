"""Run the shop under gunicorn, send it traffic, and ask the profiler about it.

Called by `make demo`. Needs gunicorn beside flask-profiler; stops what it starts.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import traffic

SHOP = Path(__file__).resolve().parent / "shop"
BIN = Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
REQUESTS = 480


def main():
    # A signal must not leave gunicorn behind: it becomes an exception like Ctrl-C.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    forget_earlier_demo()
    with tempfile.TemporaryFile("w+") as log, gunicorn(log) as port:
        say(
            f"The shop runs on http://127.0.0.1:{port}, two workers. Customers come ..."
        )
        began = time.monotonic()
        answered = traffic.send(port, REQUESTS)
        say(f"{len(answered)} requests in {time.monotonic() - began:.1f} s.")
        print(counted(answered), "Which are slow?", sep="\n")
        ask("summary")
        ask("list", "--sort", "elapsed,desc", "--method", "PUT")
        ask("show", slowest("PUT"))
    say(f"""The shop is closed; what was measured stays. To go on:

  cd {os.path.relpath(SHOP)}
  export PATH="{BIN}:$PATH"
  flask profiler list --status 5xx
  flask profiler list --endpoint '/checkout' --min 100ms
  flask profiler show slowest
  flask profiler --help""")


def counted(answered):
    """Say how many requests are measured, and why not all."""
    ignored, unmatched = map(answered.count, traffic.UNMEASURED)
    return (
        f"{len(answered) - ignored - unmatched} of them are measured: "
        f"/health is ignored ({ignored}), {unmatched} match no route."
    )


def forget_earlier_demo():
    """Delete the store of the last run, so that the figures are those of this one."""
    for left in SHOP.glob("flask_profiler.sql*"):
        if left.is_dir():
            for file in left.iterdir():
                file.unlink()
            left.rmdir()
        else:
            left.unlink()


@contextmanager
def gunicorn(log):
    """Run the shop on a free port; give the port."""
    command = [
        "gunicorn",
        "--workers",
        "2",
        "--threads",
        "4",
        "--bind",
        "127.0.0.1:0",
        "wsgi:app",
    ]
    server = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=SHOP,
        env=ENVIRONMENT,
        stderr=log,
        start_new_session=True,
    )
    try:
        yield port_of(server, log)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def port_of(server, log):
    """Read the port from gunicorn's log, as soon as it stands there."""
    deadline = time.monotonic() + 30
    while server.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", text_of(log)):
            return int(found[1])
        time.sleep(0.05)
    sys.exit(f"gunicorn didn't start:\n{text_of(log)}")


def text_of(log):
    # Read without moving the offset, which gunicorn shares.
    return os.pread(log.fileno(), 1_000_000, 0).decode(errors="replace")


def ask(*arguments):
    """Run a command of the profiler, shown as a person would type it."""
    say(f"$ {shlex.join(['flask', 'profiler', *arguments])}")
    profiler(*arguments, stdout=None)


def slowest(method):
    """Find the id of the slowest request with a method."""
    order = ("--sort", "elapsed,desc", "--method", method)
    answer = profiler("list", *order, "--limit", "1", "--json", stdout=subprocess.PIPE)
    return str(json.loads(answer.stdout)[0]["id"])


def profiler(*arguments, stdout):
    command = ["flask", "profiler", *arguments]
    return subprocess.run(
        [sys.executable, "-m", *command],
        check=True,
        cwd=SHOP,
        env={**ENVIRONMENT, "PAGER": "cat"},
        stdout=stdout,
    )


def say(text):
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{shlex.join(error.cmd[2:])} ended with {error.returncode}")
    except BrokenPipeError:
        # Whoever reads has seen enough: make demo | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
