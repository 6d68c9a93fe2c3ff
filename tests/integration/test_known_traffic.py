"""Known traffic, asked for again through the real `flask` executable."""

from __future__ import annotations

import http.client
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.servers import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION = """
import time

from flask import Flask, abort

import flask_profiler

app = Flask(__name__)
app.config["flask_profiler"] = {"enabled": True, "storage": {"FILE": "store.sql"}}


@app.route("/work/<int:ms>", methods=["GET", "PUT"])
def work(ms):
    time.sleep(ms / 1000)
    return "done"


@app.get("/fails/<int:status>")
def fails(status):
    abort(status)


@app.get("/stream")
def stream():
    def chunks():
        for _ in range(5):
            time.sleep(0.02)
            yield b"x" * 100
    return chunks()


flask_profiler.init_app(app)
"""

TRAFFIC = [
    *[("GET", f"/work/{n % 7}") for n in range(60)],
    *[("PUT", "/work/10") for _ in range(7)],
    *[("GET", f"/fails/{status}") for status in (404, 500, 503, 400, 500)],
    *[("GET", "/stream") for _ in range(3)],
]

COUNTS = {
    ("GET", "/work/<int:ms>"): (60, 0),
    ("PUT", "/work/<int:ms>"): (7, 0),
    ("GET", "/fails/<int:status>"): (5, 3),
    ("GET", "/stream"): (3, 0),
}

FLASK = str(Path(sys.executable).with_name("flask"))


def profiler(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [FLASK, "--app", "served", "profiler", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which an application, served by `flask run`, got the traffic."""
    folder = tmp_path_factory.mktemp("known")
    (folder / "served.py").write_text(APPLICATION)
    log = folder / "log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [FLASK, "--app", "served", "run", "--port", "0"],
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        address = re.compile(r"Running on http://([\d.]+:\d+)")
        wait_for(lambda: address.search(log.read_text()), "flask run")
        found = address.search(log.read_text())
        assert found
        for method, path in TRAFFIC:
            wire = http.client.HTTPConnection(found[1], timeout=10)
            wire.request(method, path)
            wire.getresponse().read()
            wire.close()
        yield folder
    finally:
        server.terminate()
        server.wait(10)


def rows_of(folder: Path) -> list[dict[str, Any]]:
    text = profiler(folder, "list", "--format", "ndjson", "--limit", "all")
    return [json.loads(line) for line in text.splitlines()]


def test_the_summary_counts_what_was_sent(measured: Path) -> None:
    groups = json.loads(profiler(measured, "summary", "--json"))
    found = {(g["method"], g["name"]): (g["count"], g["errors"]) for g in groups}
    assert found == COUNTS


def test_the_summary_is_exact_and_its_percentiles_are_within_one_percent(
    measured: Path,
) -> None:
    elapsed: dict[tuple[str, str], list[int]] = {}
    for row in rows_of(measured):
        us = round(row["elapsed"] * 1_000_000)
        elapsed.setdefault((row["method"], row["name"]), []).append(us)
    assert sum(map(len, elapsed.values())) == len(TRAFFIC)
    for group in json.loads(profiler(measured, "summary", "--json")):
        times = sorted(elapsed[group["method"], group["name"]])
        assert group["minElapsed"] == times[0] / 1_000_000
        assert group["maxElapsed"] == times[-1] / 1_000_000
        assert group["totalElapsed"] == sum(times) / 1_000_000
        assert group["avgElapsed"] == pytest.approx(sum(times) / len(times) / 1e6)
        for percent in (50, 95, 99):
            exact = times[math.ceil(percent / 100 * len(times)) - 1] / 1e6
            assert group[f"p{percent}"] == pytest.approx(exact, rel=0.01)


def test_no_time_is_shorter_than_what_the_view_slept(measured: Path) -> None:
    for row in rows_of(measured):
        slept = 0.1 if row["name"] == "/stream" else row["kwargs"].get("ms", 0) / 1000
        phases = row["phases"]
        assert row["elapsed"] >= slept
        assert sum(phases.values()) == pytest.approx(row["elapsed"])
        assert phases["stream" if row["name"] == "/stream" else "view"] >= slept


def test_the_slowest_is_found_and_shown(measured: Path) -> None:
    first, *_ = json.loads(profiler(measured, "list", "-s", "elapsed,desc", "--json"))
    assert first["elapsed"] == max(row["elapsed"] for row in rows_of(measured))
    shown = json.loads(profiler(measured, "show", str(first["id"]), "--json"))
    assert shown["elapsed"] == first["elapsed"]
    puts = json.loads(profiler(measured, "list", "-m", "PUT", "--json"))
    assert len(puts) == 7
    assert {row["status"] for row in puts} == {200}
