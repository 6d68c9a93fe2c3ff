"""What is asked: our tables, or the table of 1.x seen through the same columns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from flask_profiler.measurement import Measurement
from flask_profiler.query import Dimension, Filter
from flask_profiler.results import Facts
from flask_profiler.storage.sqlite import catalog, contexts, rows
from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.tables import Tables
from flask_profiler.storage.sqlite.where import Condition, among


class Source(ABC):
    """Rows with the columns of our tables, whatever they stand in."""

    columns = rows.COLUMNS
    """What `measurements` wants of each row."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self.connection = connection
        self.tables = tables

    @property
    @abstractmethod
    def listing(self) -> str:
        """The FROM clause that has all columns."""

    @property
    @abstractmethod
    def figures(self) -> str:
        """The FROM clause for reports, which need neither routes nor hosts by name."""

    @abstractmethod
    def route_condition(self, filter_: Filter) -> Condition | None:
        """Say which routes a filter means, `None` for all."""

    @abstractmethod
    def measurements(self, found: Sequence[rows.Row]) -> list[Measurement]:
        """Put rows (`columns`) together with their contexts."""

    @abstractmethod
    def group_columns(self, names: Iterable[Dimension]) -> dict[str, str]:
        """Give the columns to group by for dimensions that are not time."""

    @abstractmethod
    def facts(self) -> Facts:
        """Tell what indexes know of all rows together."""

    @abstractmethod
    def named(self, column: str) -> dict[object, dict[str, str | None]]:
        """Tell what a value of a group column means: dimension → value."""


class OurTables(Source):
    """Our own tables."""

    @property
    def listing(self) -> str:
        """Join routes and hosts from the side: the order is that of the data."""
        return self.tables.sql(
            "{data} CROSS JOIN {routes} USING (route) LEFT JOIN {hosts} USING (host_no)"
        )

    @property
    def figures(self) -> str:
        """The data alone."""
        return self.tables.sql("{data}")

    def route_condition(self, filter_: Filter) -> Condition | None:
        """Look up the routes that are meant: there are few of them."""
        return among(filter_, catalog.routes(self.connection, self.tables))

    def measurements(self, found: Sequence[rows.Row]) -> list[Measurement]:
        """Read each block of contexts once."""
        ids = [row[0] for row in found]
        kept = contexts.load(self.connection.db, self.tables, ids)
        return [rows.measurement_of(row, kept[row[0]]) for row in found]

    def group_columns(self, names: Iterable[Dimension]) -> dict[str, str]:
        """Group by numbers, which stand for routes and hosts."""
        columns = {"status": "status", "host": "host_no"}
        return {str(name): columns.get(str(name), "route") for name in names}

    def facts(self) -> Facts:
        """Ask the indexes for their length and ends, and once for each route."""
        query = self.tables.sql(
            "SELECT (SELECT count(*) FROM {data}),"
            " (SELECT count(*) FROM (SELECT DISTINCT method, name FROM {routes} AS r"
            " WHERE EXISTS (SELECT 1 FROM {data} WHERE route = r.route))),"
            " (SELECT min(started_us) FROM {data}),"
            " (SELECT max(started_us) FROM {data})"
        )
        count, routes, oldest, newest = self.connection.db.execute(query).fetchone()
        return Facts(count=count, routes=routes, oldest_us=oldest, newest_us=newest)

    def named(self, column: str) -> dict[object, dict[str, str | None]]:
        """Read routes or hosts."""
        if column == "route":
            return {
                r.route: {"method": r.method, "name": r.name, "endpoint": r.endpoint}
                for r in catalog.routes(self.connection, self.tables)
            }
        query = self.tables.sql("SELECT host_no, host FROM {hosts}")
        hosts = {no: {"host": host} for no, host in self.connection.db.execute(query)}
        return {None: {"host": None}, **hosts}
