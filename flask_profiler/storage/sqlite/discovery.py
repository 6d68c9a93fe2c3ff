"""Find out which tables of a file are ours, for those who know only its path."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from flask_profiler.errors import ConfigError, StorageError
from flask_profiler.storage.sqlite import schema
from flask_profiler.storage.sqlite.connection import Connection, Mode
from flask_profiler.storage.sqlite.place import DEFAULT_TABLE, Place
from flask_profiler.storage.sqlite.reading import is_at_rest
from flask_profiler.storage.sqlite.tables import Tables


def options_for(path: str) -> dict[str, object]:
    """Give the options of the engine for the store in a file.

    A file that can't be read gets the default table: the first question says why.
    """
    place = Place.from_options({"FILE": path})
    try:
        found = _prefixes(place)
    except (StorageError, sqlite3.Error, OSError):
        found = []
    if DEFAULT_TABLE in found or not found:
        return {"FILE": path}
    if len(found) > 1:
        raise ConfigError(
            f"The database {path} has several stores: {', '.join(found)}.",
            hint=f"Say which: sqlite:{path}?table={found[0]}",
        )
    return {"FILE": path, "TABLE": found[0]}


def _prefixes(place: Place) -> list[str]:
    mode: Mode = "immutable" if is_at_rest(place) else "ro"
    with closing(Connection(place, mode)) as connection:
        names = connection.db.execute("SELECT name FROM sqlite_master ORDER BY name")
        tables = [str(row[0]) for row in names.fetchall()]
        ours = [
            name.removesuffix("_meta")
            for name in tables
            if name.endswith("_meta") and f"{name.removesuffix('_meta')}_data" in tables
        ]
        return ours or [
            name for name in tables if schema.has_v1_table(connection.db, Tables(name))
        ]
