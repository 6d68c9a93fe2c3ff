"""The line above a table: which store, which window, how much."""

from __future__ import annotations

from pathlib import Path

from flask_profiler.cli.sheet import Heading
from flask_profiler.cli.source import Source


def heading(source: Source, *facts: str) -> Heading:
    """Give the first line of an answer."""
    return Heading(source.title, place(source), " · ".join(facts))


def place(source: Source) -> str:
    """Name the store, with its path as short as it can be."""
    engine, colon, path = source.storage.location.partition(":")
    if not colon or not path.startswith("/"):
        return source.storage.location
    return f"{engine}:{shortened(path)}"


def shortened(path: str) -> str:
    """Give a path as it is written from the current folder, if it is in there."""
    here = f"{Path.cwd()}/".replace("//", "/")
    return path.removeprefix(here)
