"""Storages to hold against the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import storage_engines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask_profiler.storage.base import Storage
    from flask_profiler.storage.sqlite.engine import SQLite


@pytest.fixture(params=["sqlite", "minimal", "1.x"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    built = storage_engines.build(request.param, tmp_path)
    yield built
    built.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SQLite]:
    built = storage_engines.build("sqlite", tmp_path)
    yield built
    built.close()
