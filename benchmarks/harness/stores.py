"""What lies in the stores of ours and of the peers that store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from flask_profiler.query import Filter
from flask_profiler.recorder import drain_for_reader
from flask_profiler.storage.registry import open_url
from harness.places import OURS, PEERS, SPOOL
from harness.variants import FLASK_PROFILER_1, Variant

ARGUMENTS = "SELECT kwargs FROM measurements"
COUNT = "SELECT count(*) FROM Request"


def bytes_of(variant: Variant, folder: Path) -> int:
    """Add up the sizes of the database and the files that belong to it."""
    file = OURS if variant.ours else PEERS
    return sum(
        path.stat().st_size for path in folder.glob(f"{file}*") if path.is_file()
    )


def count(variant: Variant, folder: Path) -> int:
    """Count the measurements that are stored; what waits in our spool is drained."""
    if variant.ours or variant == FLASK_PROFILER_1:
        return len(list(numbers(variant, folder)))
    [(found,)] = _asked(folder, COUNT)
    return found


def numbers(variant: Variant, folder: Path) -> Iterable[int]:
    """Give the number in the URL of each request that is stored, with its context."""
    if not variant.ours:
        return (int(json.loads(row[0])["sku"]) for row in _asked(folder, ARGUMENTS))
    with closing(open_url(str(folder / OURS))) as storage:
        drain_for_reader(storage, folder / SPOOL, seconds=60.0)
        return [int(str(one.kwargs["sku"])) for one in storage.find(Filter())]


def missing(variant: Variant, folder: Path, answered: set[int]) -> int:
    """Count the answered requests that aren't stored.

    Without a context, only their counts can be compared: what is stored and wasn't
    answered then hides some that are missing.
    """
    if variant.ours or variant == FLASK_PROFILER_1:
        return len(answered.difference(numbers(variant, folder)))
    return max(0, len(answered) - count(variant, folder))


def _asked(folder: Path, question: str) -> list[tuple[int]]:
    with closing(sqlite3.connect(folder / PEERS)) as db:
        return db.execute(question).fetchall()
