"""The table of 1.x, seen through the columns of ours; read, never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask_profiler.histogram import bin_of
from flask_profiler.measurement import Measurement
from flask_profiler.query import Dimension, Filter
from flask_profiler.results import Facts
from flask_profiler.storage import v1
from flask_profiler.storage.sqlite import values
from flask_profiler.storage.sqlite.catalog import Route
from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.rows import Row
from flask_profiler.storage.sqlite.source import Source
from flask_profiler.storage.sqlite.tables import Tables
from flask_profiler.storage.sqlite.where import Condition, is_meant

RAW = (
    "SELECT ID AS id, startedAt, elapsed, CAST(args AS BLOB) AS args,"
    " CAST(kwargs AS BLOB) AS kwargs, CAST(method AS BLOB) AS method,"
    " CAST(context AS BLOB) AS context, CAST(name AS BLOB) AS name FROM {v1}"
)
"""Texts as bytes: what isn't UTF-8 must not stop the rest."""

NAMES = ("id", "startedAt", "elapsed", "args", "kwargs", "method", "context", "name")

_END = (
    "SELECT startedAt FROM {v1} WHERE typeof(startedAt) IN ('real', 'integer')"
    " ORDER BY startedAt"
)

_US = (
    "CASE WHEN typeof({seconds}) IN ('real', 'integer')"
    " THEN min(max(CAST({seconds} * 1e6 + iif({seconds} < 0, -0.5, 0.5) AS INTEGER),"
    " -{limit}), {limit}) ELSE 0 END"
)
"""What `v1.us` does, four times as fast; `v1.elapsed_us` is the larger of it and 0."""

_VIEW = (
    "(SELECT id, {started_us} AS started_us, {elapsed_us} AS elapsed_us,"
    " fp_bin({elapsed_us}) AS bin, 0 AS error, NULL AS status,"
    " fp_uid(id, startedAt, elapsed) AS uid, NULL AS size, NULL AS host,"
    " coalesce(CAST(method AS TEXT), '') AS method,"
    " coalesce(CAST(name AS TEXT), '') AS name,"
    " fp_endpoint(context) AS endpoint, fp_kwargs(kwargs) AS kwargs,"
    " fp_args(context) AS args FROM ({raw}))"
)


class V1Table(Source):
    """The rows of 1.x. Its functions make of a value what `v1.from_v1` makes of it."""

    columns = "id"

    def __init__(self, connection: Connection, tables: Tables) -> None:
        super().__init__(connection, tables)
        for name, (arity, function) in _functions(tables.prefix).items():
            connection.db.create_function(name, arity, function, deterministic=True)
        connection.db.text_factory = v1.text

    @property
    def listing(self) -> str:
        """Name the view."""
        return self.tables.sql(
            _VIEW,
            raw=self.tables.sql(RAW),
            started_us=_us("startedAt"),
            elapsed_us=f"max(0, {_us('elapsed')})",
        )

    @property
    def figures(self) -> str:
        """Name the view: SQLite works out only the columns that are asked for."""
        return self.listing

    def route_condition(self, filter_: Filter) -> Condition | None:
        """Look at each row: there is no table of routes to look them up in."""
        if not (filter_.endpoints or filter_.excluded):
            return _exact(filter_)

        def meant(method: bytes, name: bytes, endpoint: str | None) -> bool:
            route = Route(0, v1.text(method), v1.text(name), endpoint)
            return is_meant(filter_, route)

        self.connection.db.create_function("fp_meant", 3, meant)
        return Condition("fp_meant(CAST(method AS BLOB), CAST(name AS BLOB), endpoint)")

    def measurements(self, found: Sequence[Row]) -> list[Measurement]:
        """Read the rows themselves."""
        query = self.tables.sql(RAW + " WHERE ID = ?")
        db = self.connection.db
        rows = [db.execute(query, (row[0],)).fetchone() for row in found]
        return [measurement_of(row, self.tables) for row in rows]

    def group_columns(self, names: Iterable[Dimension]) -> dict[str, str]:
        """Group by the columns themselves."""
        return {str(name): str(name) for name in names}

    def facts(self) -> Facts:
        """Count the rows, and ask the index of 1.x for its ends; not for the routes."""
        query = self.tables.sql(
            "SELECT (SELECT count(*) FROM {v1}),"
            " ({end} ASC LIMIT 1), ({end} DESC LIMIT 1)",
            end=self.tables.sql(_END),
        )
        count, oldest, newest = self.connection.db.execute(query).fetchone()
        return Facts(count=count, oldest_us=_moment(oldest), newest_us=_moment(newest))

    def named(self, column: str) -> dict[object, dict[str, str | None]]:
        """Say nothing: no value stands for another here."""
        raise LookupError(column)


def measurement_of(row: Row, tables: Tables) -> Measurement:
    """Make a measurement of a row of `RAW`."""
    return v1.from_v1(dict(zip(NAMES, row, strict=True)), tables.prefix)


def _moment(seconds: float | None) -> int | None:
    return None if seconds is None else v1.us(seconds)


def _us(column: str) -> str:
    return _US.format(seconds=column, limit=v1.LIMIT)


def _exact(filter_: Filter) -> Condition | None:
    parts = [
        (column, [text for text in wanted if values.is_text(text)])
        for column, wanted in (("method", filter_.methods), ("name", filter_.names))
        if wanted
    ]
    if not parts:
        return None
    sql = " AND ".join(
        f"{column} IN ({', '.join('?' * len(texts))})" for column, texts in parts
    )
    return Condition(sql, tuple(text for _, texts in parts for text in texts))


def _functions(source: str) -> dict[str, tuple[int, Callable[..., Any]]]:
    def uid(id_: object, started_at: object, elapsed: object) -> bytes:
        return bytes.fromhex(v1.uid_of(source, id_, started_at, elapsed))

    return {
        "fp_bin": (1, bin_of),
        "fp_uid": (3, uid),
        "fp_endpoint": (1, lambda context: v1.endpoint_of(v1.mapping(context))),
        "fp_kwargs": (1, lambda kwargs: values.json_text(v1.mapping(kwargs))),
        "fp_args": (1, _args_text),
    }


def _args_text(context: object) -> str | None:
    return values.json_text(v1.mapping(v1.mapping(context).get("args")))
