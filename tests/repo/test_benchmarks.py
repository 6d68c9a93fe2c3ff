"""The benchmarks run, and say what they are asked for: with tiny numbers, untimed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = ("added", "throughput", "cpu", "drain", "lost")
FIGURE = re.compile("[+\N{MINUS SIGN}]?[\\d,]+(\\.\\d+)?%?|\N{EM DASH}|yes|no|never")
SECONDS = 240

WRK = """#!{python}
import http.client, json, sys, urllib.parse
if "--version" in sys.argv:
    sys.exit("wrk stand-in [epoll]")
place = urllib.parse.urlsplit(sys.argv[-1])
for number in range(20):
    connection = http.client.HTTPConnection(place.netloc, timeout=60)
    connection.request("GET", f"/product/{{number}}")
    assert connection.getresponse().read()
    connection.close()
print(json.dumps({{"requests": 20, "us": 10**5, "p99": 900, "errors": 0}}))
"""


@pytest.fixture
def without_wrk(tmp_path: Path) -> dict[str, str]:
    """Environment without `wrk`, and unseen by the coverage of the tests."""
    (tmp_path / "bin").mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
    return {**kept, "PATH": str(tmp_path / "bin")}


@pytest.fixture
def with_wrk(without_wrk: dict[str, str]) -> dict[str, str]:
    """Environment with a stand-in for `wrk`, which not every machine has."""
    wrk = Path(without_wrk["PATH"]) / "wrk"
    wrk.write_text(WRK.format(python=sys.executable))
    wrk.chmod(0o755)
    return without_wrk


def run(
    root: Path, environment: dict[str, str], name: str, *options: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "benchmarks" / f"{name}.py"), *options],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def tables(root: Path, environment: dict[str, str], name: str) -> list[dict[str, Any]]:
    done = run(root, environment, name, "--quick", "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_benchmark_gives_a_figure_for_each_variant_in_each_column(
    root: Path, with_wrk: dict[str, str], name: str
) -> None:
    found = tables(root, with_wrk, name)
    assert found
    for table in found:
        assert any(row[0].startswith("this, ") for row in table["rows"]), table
        for row in table["rows"]:
            assert len(row) == len(table["heading"]), table
            assert all(FIGURE.fullmatch(cell) for cell in row[1:]), row
        if name in {"added", "throughput", "cpu"}:
            assert table["rows"][0][0] == "plain Flask"


def test_without_wrk_a_user_is_told_the_one_command(
    root: Path, without_wrk: dict[str, str]
) -> None:
    for name in ("bench", "throughput", "cpu"):
        done = run(root, without_wrk, name, "--quick")
        assert done.returncode == 1
        assert done.stderr.endswith("apt-get install wrk\n")


def test_the_page_gets_tables_machine_versions_and_date_and_keeps_its_text(
    root: Path, with_wrk: dict[str, str], tmp_path: Path
) -> None:
    page = tmp_path / "benchmarks.md"
    mark = "<!-- end -->"
    page.write_text(
        (root / "docs" / "benchmarks.md").read_text().replace(mark, f"old\n{mark}")
        + "\nkept\n"
    )
    before = page.read_text().partition("## Measured\n")[0]
    output = ("--output", str(page))
    done = run(root, with_wrk, "bench", "--only", "drain", "--quick", *output)
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert text.startswith(before)
    assert text.endswith("\nkept\n")
    assert "\nold\n" not in text
    for fact in (
        r"\nMeasured on \d{4}-\d\d-\d\d by `make bench`\.\n",
        r"\n- Machine: .* cores",
        r"\n- Versions: CPython 3\.\d+",
        r"\n- Peers: .*flask_profiler 1\.8\.1",
        r"\n### Draining into SQLite",
    ):
        assert re.search(fact, text), fact


def test_a_benchmark_that_fails_leaves_the_page_as_it_was(
    root: Path, with_wrk: dict[str, str], tmp_path: Path
) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text((root / "docs" / "benchmarks.md").read_text())
    wrong = ("--only", "drain", "--rounds", "none", "--output", str(page))
    assert run(root, with_wrk, "bench", *wrong).returncode == 1
    assert page.read_text() == (root / "docs" / "benchmarks.md").read_text()


def states_in(folder: Path) -> list[str]:
    """Give the states of the processes that work in or below a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "stat").read_text().rpartition(") ")[2][0])
    return found


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_benchmark_that_is_ended_leaves_no_process_behind(
    root: Path, with_wrk: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    running = subprocess.Popen(
        [sys.executable, str(root / "benchmarks" / "throughput.py"), "--no-peers"],
        env=with_wrk | {"TMPDIR": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: "T" in states_in(folder))  # all run, and one is frozen
    running.terminate()
    assert running.wait(SECONDS) == 128 + signal.SIGTERM
    wait_until(lambda: not states_in(folder))


def test_the_page_names_every_benchmark(root: Path) -> None:
    page = (root / "docs" / "benchmarks.md").read_text()
    for path in (root / "benchmarks").glob("*.py"):
        if path.stem != "bench":
            assert f"{path.name}`" in page, path.name


def test_every_package_of_a_peer_is_pinned(root: Path) -> None:
    files = list((root / "benchmarks" / "peers").glob("*.txt"))
    assert len(files) == 4
    for path in files:
        assert path.with_suffix(".py").exists()
        for line in path.read_text().splitlines():
            assert re.fullmatch(r"[\w.-]+==[\w.]+", line), f"{path.name}: {line}"
