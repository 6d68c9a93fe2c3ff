"""The repository itself, as whoever clones it has it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root() -> Path:
    """Where the repository is."""
    return ROOT


@pytest.fixture
def typed_as() -> dict[str, str]:
    """Environment in which `flask` and `python` are those that run the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PAGER": "cat"}
