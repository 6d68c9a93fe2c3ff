"""A spool of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flask_profiler.spool.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def writer(folder: Path) -> Iterator[Writer]:
    writer = Writer(folder, 10_000_000)
    yield writer
    writer.close()
