"""A spool, and stores of several kinds to drain it into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledgers import Ledger, Plain, Spool

from flask_profiler.storage.sqlite.engine import SQLite


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool")
    yield spool
    spool.writer.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.db")


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    return Plain(tmp_path / "plain.db")


@pytest.fixture(params=["transactional", "plain"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    kind = Ledger if request.param == "transactional" else Plain
    return kind(tmp_path / "any.db")


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SQLite]:
    storage = SQLite({"FILE": str(tmp_path / "real.sql")})
    yield storage
    storage.close()
