"""Routes and hosts, each stored once and known by a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_profiler.storage.sqlite.connection import Connection
from flask_profiler.storage.sqlite.tables import Tables

_REMEMBERED = 10_000
"""Routes remembered for each connection; names given by hand may be endless."""


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table of routes."""

    route: int
    method: str
    name: str
    endpoint: str | None


def routes(connection: Connection, tables: Tables) -> Iterator[Route]:
    """Read all routes."""
    query = tables.sql("SELECT route, method, name, endpoint FROM {routes}")
    for row in connection.db.execute(query):
        yield Route(*row)


def route_number(
    connection: Connection, tables: Tables, key: tuple[str, str, str | None]
) -> int:
    """Give the number of a route (method, name, endpoint), a new one if need be.

    Inside a write transaction.
    """
    known = connection.routes
    if key not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        if not known:
            known.update(
                ((route.method, route.name, route.endpoint), route.route)
                for route in routes(connection, tables)
            )
    if key not in known:
        query = tables.sql(
            "INSERT INTO {routes} (method, name, endpoint) VALUES (?, ?, ?)"
        )
        number = connection.db.execute(query, key).lastrowid
        known[key] = int(number or 0)
    return known[key]


def host_number(connection: Connection, tables: Tables, host: str) -> int:
    """Give the number of a host, a new one if need be. Inside a write transaction."""
    if host not in connection.hosts:
        db = connection.db
        query = tables.sql(
            "INSERT INTO {hosts} (host) VALUES (?) ON CONFLICT DO NOTHING"
        )
        db.execute(query, (host,))
        found = tables.sql("SELECT host_no FROM {hosts} WHERE host = ?")
        connection.hosts[host] = int(db.execute(found, (host,)).fetchone()[0])
    return connection.hosts[host]
