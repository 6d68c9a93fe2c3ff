"""What gets to a user's machine, and what to a packager's."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

BUILD = """
import sys
from setuptools import build_meta
folder = sys.argv[1]
build_meta.build_sdist(folder)
build_meta.build_wheel(folder)
"""
NOT_PACKAGED = shutil.ignore_patterns(
    ".*", "build", "dist", "*.egg-info", "__pycache__", "*.sql*", "*.spool"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both distributions from a copy of the tree; give their folder."""
    tree = tmp_path_factory.mktemp("build") / "tree"
    root = Path(__file__).resolve().parents[2]
    shutil.copytree(root, tree, ignore=NOT_PACKAGED)
    dist = tree / "dist"
    command = [sys.executable, "-W", "ignore", "-c", BUILD, str(dist)]
    subprocess.run(command, check=True, cwd=tree)
    return dist


def sources(root: Path) -> set[str]:
    package = root / "flask_profiler"
    return {str(path.relative_to(root)) for path in package.rglob("*.py")}


def test_the_wheel_is_the_package_and_nothing_else(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == sources(built.parent) | {"flask_profiler/py.typed"}


def test_the_wheel_says_what_it_is(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        info = {
            Path(name).name: archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/" in name
        }
    assert "profiler = flask_profiler.cli:profiler" in info["entry_points.txt"]
    assert "License-Expression: MIT" in info["METADATA"]
    assert "Requires-Python: >=3.11" in info["METADATA"]
    assert "MIT License" in info["LICENSE"]


def test_the_sdist_has_docs_tests_and_examples(built: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        str(path.relative_to(built.parent))
        for folder in ("docs", "tests", "examples", "benchmarks")
        for path in (built.parent / folder).rglob("*")
        if path.suffix in {".py", ".md"}
    }
    assert names >= wanted | sources(built.parent) | {
        "LICENSE",
        "CHANGELOG.md",
        "Makefile",
    }
    assert not [name for name in names if name.endswith((".sql", ".pyc"))]
