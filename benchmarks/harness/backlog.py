"""Spools in which measurements wait."""

from __future__ import annotations

import shutil
from pathlib import Path

from harness.asking import Asked
from harness.places import SPOOL
from harness.variants import NOT_DRAINING


def made(folder: Path, count: int) -> Path:
    """Let as many small requests be measured and not drained; give their spool."""
    process = Asked(NOT_DRAINING, folder)
    try:
        process.block("small JSON view", count=count)
    finally:
        process.close()
    return folder / SPOOL


def laid(spool: Path, folder: Path) -> None:
    """Lay a copy of a spool where the application in `folder` has its own."""
    folder.mkdir(exist_ok=True)
    shutil.rmtree(folder / SPOOL, ignore_errors=True)
    shutil.copytree(spool, folder / SPOOL)
