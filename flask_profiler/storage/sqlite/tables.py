"""The names of our tables, quoted, and SQL with them filled in."""

from __future__ import annotations

KINDS = ("data", "routes", "hosts", "contexts", "marks", "meta")


class Tables:
    """The tables that share a prefix; `{v1}` is the table of 1.x, the prefix itself."""

    __slots__ = ("_names", "prefix")

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._names = {kind: quoted(f"{prefix}_{kind}") for kind in KINDS}
        self._names["v1"] = quoted(prefix)
        self._names["prefix"] = quoted(prefix)[1:-1]

    def sql(self, text: str, **parts: str) -> str:
        """Fill in table names as `{data}`, and parts of SQL that were built apart.

        A part is SQL of our own: values from outside go into parameters, never here.
        """
        return text.format_map(self._names | parts)


def quoted(identifier: str) -> str:
    """Write a name as an SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'
