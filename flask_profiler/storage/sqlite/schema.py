"""The tables, their version, and the way from one version to the next.

Version 1: as below. Changing a table means a new step at the end of `STEPS`, never a
change of an old one: files in the field have gone through it.
"""

from __future__ import annotations

import sqlite3

from flask_profiler.errors import StorageUnavailableError
from flask_profiler.storage.sqlite.place import Place
from flask_profiler.storage.sqlite.tables import Tables

_VERSION_1 = """
-- key → value: 'schema' is the version, 'next_id' the next id (an id is given once and
-- never again), 'v1_id' the last ID copied from the table of 1.x.
CREATE TABLE {meta} (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO {meta} VALUES ('next_id', 1), ('v1_id', 0);

-- What reports group by. Never deleted from, so that numbers can be remembered.
CREATE TABLE {routes} (
    route INTEGER PRIMARY KEY, method TEXT NOT NULL, name TEXT NOT NULL, endpoint TEXT
);
CREATE TABLE {hosts} (host_no INTEGER PRIMARY KEY, host TEXT NOT NULL UNIQUE);

-- One row a measurement, times in µs. SQLite reads a row from its beginning, so what
-- reports add up comes first. The rest of a measurement is in a block of contexts.
CREATE TABLE {data} (
    id INTEGER PRIMARY KEY,
    started_us INTEGER NOT NULL,
    elapsed_us INTEGER NOT NULL,
    bin INTEGER NOT NULL,      -- histogram.bin_of(elapsed_us)
    route INTEGER NOT NULL,
    error INTEGER NOT NULL,    -- 0 or 1
    status INTEGER,
    uid BLOB NOT NULL,         -- 12 bytes
    size INTEGER,
    pid INTEGER,
    host_no INTEGER,
    before INTEGER,            -- the phases; all NULL where they were not measured
    view INTEGER,
    after INTEGER,
    stream INTEGER,
    kwargs TEXT,               -- JSON; NULL for none
    args TEXT                  -- the query's parameters, likewise, or `?` and the query
);
-- Newest first, windows of time, and whether a uid is stored: it belongs to one start,
-- so that both together are as unique as the uid alone.
CREATE UNIQUE INDEX {by_start} ON {data} (started_us, uid);
-- Slowest first. Ties are few: their uids are put in order when they are read.
CREATE INDEX {by_elapsed} ON {data} (elapsed_us);
-- One route, newest first.
CREATE INDEX {by_route} ON {data} (route, started_us);

-- What belongs to the ids first_id to last_id, compressed together (contexts.py).
CREATE TABLE {contexts} (
    first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, data BLOB NOT NULL
);

-- How far each segment of the spool has been drained, in bytes.
CREATE TABLE {marks} (segment TEXT PRIMARY KEY, drained INTEGER NOT NULL) WITHOUT ROWID;
"""

STEPS: tuple[str, ...] = (_VERSION_1,)
"""Step `n` leads from version `n` to `n + 1`; only a statement ends a line with `;`."""

VERSION = len(STEPS)


def version_of(db: sqlite3.Connection, tables: Tables, place: Place) -> int:
    """Tell which version of our tables a file has, 0 if it has none."""
    meta = f"{tables.prefix}_meta"
    if not _has(db, meta):
        return 0
    columns = {row[1] for row in db.execute(tables.sql("PRAGMA table_info({meta})"))}
    query = tables.sql("SELECT value FROM {meta} WHERE key = 'schema'")
    row = db.execute(query).fetchone() if columns >= {"key", "value"} else None
    if row is None or not isinstance(row[0], int):
        raise StorageUnavailableError(
            f"The database {place.given} has a table {meta!r} of somebody else.",
            hint="Give storage.TABLE another name, or storage.FILE another path.",
        )
    return row[0]


def check(version: int, place: Place) -> None:
    """Refuse a store that was written by a later version of this package."""
    if version > VERSION:
        raise StorageUnavailableError(
            f"The database {place.given} has schema version {version}; this version "
            f"of flask-profiler knows {VERSION}.",
            hint="Upgrade flask-profiler, or give storage.FILE another path.",
        )


def migrate(db: sqlite3.Connection, tables: Tables, place: Place) -> None:
    """Bring the tables to our version, inside a write transaction of the caller.

    Looks at the version itself: another process may have been here since.
    """
    version = version_of(db, tables, place)
    check(version, place)
    for step in STEPS[version:]:
        for statement in _filled(step, tables).split(";\n"):
            db.execute(statement)
    if version < VERSION:
        db.execute(
            tables.sql("INSERT OR REPLACE INTO {meta} VALUES ('schema', ?)"),
            (VERSION,),
        )


def has_v1_table(db: sqlite3.Connection, tables: Tables) -> bool:
    """Tell whether there is a table of flask-profiler 1.x under our prefix."""
    columns = {
        str(row[1]).lower() for row in db.execute(tables.sql("PRAGMA table_info({v1})"))
    }
    return {"id", "startedat", "elapsed", "method", "name", "context"} <= columns


def _has(db: sqlite3.Connection, table: str) -> bool:
    query = (
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE"
    )
    return db.execute(query, (table,)).fetchone() is not None


def _filled(step: str, tables: Tables) -> str:
    indexes = {
        key: tables.sql('"{prefix}_' + key + '"')
        for key in ("by_start", "by_elapsed", "by_route")
    }
    return tables.sql(step, **indexes)
