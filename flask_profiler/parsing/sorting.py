"""The grammar of an order: `FIELD[,asc|desc][,FIELD[,asc|desc]]…`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask_profiler.errors import QueryError
from flask_profiler.query import Sort, SortField, SortKey

Field = TypeVar("Field", bound=str)

LISTING_FIELDS: Mapping[str, SortField] = {
    "startedAt": "started_at",
    "endedAt": "ended_at",
    "elapsed": "elapsed",
    "method": "method",
    "name": "name",
    "endpoint": "endpoint",
    "status": "status",
    "size": "size",
    "started": "started_at",
    "ended": "ended_at",
    "route": "name",
}
"""What a list of measurements can be sorted by, under each of its names."""


@dataclass(frozen=True, slots=True)
class OrderKey(Generic[Field]):
    """One field of an order, and its direction."""

    field: Field
    descending: bool = False


def parse_order(text: str, fields: Mapping[str, Field]) -> tuple[OrderKey[Field], ...]:
    """Read an order; `fields` gives the field behind each name.

    The direction belongs to the field before it; `-FIELD` means descending; without
    either it ascends. Case, `_` and `-` inside a name make no difference.
    """
    known = {_folded(name): field for name, field in fields.items()}
    keys: list[OrderKey[Field]] = []
    directable = False
    for part in (part.strip() for part in text.split(",")):
        direction = part.lower()
        if directable and direction in {"asc", "desc"}:
            keys[-1] = OrderKey(keys[-1].field, descending=direction == "desc")
            directable = False
            continue
        name = part.removeprefix("-")
        field = known.get(_folded(name))
        if field is None:
            raise _unknown(name, fields)
        keys.append(OrderKey(field, descending=part.startswith("-")))
        directable = not part.startswith("-")
    return tuple(keys)


def parse_sort(text: str) -> Sort:
    """Read the order of a list of measurements."""
    keys = parse_order(text, LISTING_FIELDS)
    return Sort(tuple(SortKey(key.field, key.descending) for key in keys))


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _unknown(name: str, fields: Mapping[str, str]) -> QueryError:
    offered = ", ".join(fields)
    if not name:
        return QueryError(f"A sort needs the name of a field. Fields: {offered}.")
    folded = {_folded(known): known for known in fields}
    near = difflib.get_close_matches(_folded(name), folded, n=1)
    meant = f" Did you mean '{folded[near[0]]}'?" if near else ""
    return QueryError(f"No field '{name}'.{meant} Fields: {offered}.")
