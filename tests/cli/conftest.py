"""A store of the same few hundred measurements, a fixed clock, a real terminal."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from population import NOW_US, population
from terminal import Fill, Run, Terminal

from flask_profiler import clock
from flask_profiler.cli import profiler
from flask_profiler.measurement import Measurement
from flask_profiler.storage.registry import open_url


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store that is made once, and copied for each test."""
    path = tmp_path_factory.mktemp("filled") / "shop.sql"
    storage = open_url(str(path))
    storage.insert_many(population())
    storage.close()
    return path


@pytest.fixture
def store(filled: Path, tmp_path: Path) -> Path:
    """Give `shop.sql` in the current folder, with the population in it."""
    for file in filled.parent.glob("shop.sql*"):
        shutil.copy(file, tmp_path)
    return tmp_path / "shop.sql"


@pytest.fixture
def fill(tmp_path: Path) -> Fill:
    """Make a store of given measurements."""

    def filled_with(*measurements: Measurement) -> Path:
        path = tmp_path / "own.sql"
        storage = open_url(str(path))
        storage.insert_many(measurements)
        storage.close()
        return path

    return filled_with


@pytest.fixture(autouse=True)
def fixed_time() -> Iterator[None]:
    """Stop the clock at `NOW_US`, in a zone with summer time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "wall_ns", lambda: NOW_US * 1000)
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `flask profiler …` in this process, with its output in a pipe."""

    def ran(*args: str, columns: int = 100, charset: str = "utf-8") -> Result:
        monkeypatch.setenv("COLUMNS", str(columns))
        return CliRunner(charset=charset).invoke(profiler, args)

    return ran


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Give a terminal on which to type commands."""
    return Terminal(tmp_path)
