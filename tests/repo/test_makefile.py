"""The commands on the first screen of the README."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest


def make(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["make", *arguments],
        check=True,
        cwd=root,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    return done.stdout


def targets(root: Path) -> set[str]:
    makefile = (root / "Makefile").read_text()
    [phony] = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    return set(phony.split())


def test_make_alone_lists_every_target_with_an_explanation(root: Path) -> None:
    lines = make(root).splitlines()[1:]
    listed = dict(line.split(maxsplit=1) for line in lines)
    assert set(listed) == targets(root)
    assert all(listed.values())


def test_ci_runs_the_target_test_and_nothing_else(root: Path) -> None:
    script = (root / ".ci" / "run").read_text()
    assert "exec make test\n" in script
    assert "set -euo pipefail\n" in script


@pytest.mark.parametrize("tool", ["ruff format --check", "ruff check", "mypy"])
def test_the_target_test_checks_the_style_too(root: Path, tool: str) -> None:
    assert f"/{tool}" in make(root, "-n", "test")


def test_without_ensurepip_a_user_is_told_the_one_command(
    root: Path, tmp_path: Path
) -> None:
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n')
    python.chmod(0o755)
    identity = tmp_path / "id"
    identity.write_text("#!/bin/sh\necho 1000\n")
    identity.chmod(0o755)
    done = subprocess.run(
        ["make", "lint", f"PYTHON={python}", f"VENV={tmp_path / 'venv'}"],
        check=False,
        cwd=root,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "sudo apt-get install -y python3-venv\n" in done.stderr
