"""What the pages tell a person to type works as it is typed there."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, kind: str) -> list[str]:
    text = (ROOT / page).read_text()
    return [code for language, code in BLOCK.findall(text) if language == kind]


def typed(page: str) -> list[str]:
    lines = "".join(blocks(page, "sh")).splitlines()
    return [line.partition(" #")[0].strip() for line in lines]


@pytest.fixture
def quick_start(tmp_path: Path, typed_as: dict[str, str]) -> Iterator[str]:
    """The application of the README, run as it says; gives its address."""
    (tmp_path / "app.py").write_text(blocks("README.md", "python")[0])
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "run", "--port", "0"],
        cwd=tmp_path,
        env={**typed_as, "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        log = iter(server.stderr.readline, "")
        yield next(
            found[1] for line in log if (found := re.search(r"on (http\S+)", line))
        )
    finally:
        server.terminate()
        server.communicate(timeout=10)


def run(line: str, folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(line)],
        check=False,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


def test_the_quick_start_of_the_readme_answers(
    quick_start: str, tmp_path: Path, typed_as: dict[str, str]
) -> None:
    lines = typed("README.md")
    urls = [line.split()[1] for line in lines if line.startswith("curl ")]
    for url in urls:
        address = url.replace("http://127.0.0.1:5000", quick_start)
        urllib.request.urlopen(address, timeout=10).close()
    asked = [line for line in lines if line.startswith("flask profiler ")]
    assert urls
    assert len(asked) == 3
    for line in asked:
        code, answer = run(line, tmp_path, typed_as)
        assert (code, "/product/<int:number>" in answer) == (0, True), answer


def test_every_make_command_in_the_pages_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for page in ("README.md", "CONTRIBUTING.md", "docs/benchmarks.md"):
        for line in typed(page):
            if line.startswith("make "):
                assert f"\n{line.split()[1]}: " in makefile, line


def test_every_command_on_the_page_of_the_terminal_is_understood(
    quick_start: str, tmp_path: Path, typed_as: dict[str, str]
) -> None:
    urllib.request.urlopen(f"{quick_start}/product/1", timeout=10).close()
    lines = typed("docs/cli.md")
    assert len(lines) >= 8
    for line in lines:
        code, answer = run(line, tmp_path, typed_as)
        assert code == 0 or "No measurement has the id" in answer, f"{line}: {answer}"
