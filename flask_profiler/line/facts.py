"""What is read of a line while it is drained; the bulk of it stays as it stands."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Annotated, Final, Generic, TypeAlias, TypeVar

import msgspec

_LIMIT: Final = 1 << 53
"""Sums of a thousand integers below still fit into 64 bits."""

Integer: TypeAlias = Annotated[int, msgspec.Meta(gt=-_LIMIT, lt=_LIMIT)]
Tick: TypeAlias = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]
NOTHING: Final = msgspec.Raw(b"{}")

_MOST: Final = 10_000
_COUNTS: Final = frozenset({2, 5})
"""Of the ticks, by hand and of a request."""

T = TypeVar("T")


class Facts(msgspec.Struct, tag_field="v", tag=1, gc=False):
    """The keys of a `Line` that reports add up, as values; the others as JSON."""

    started: Integer
    ticks: tuple[Tick, ...]
    count: Integer
    process: msgspec.Raw
    route: msgspec.Raw
    status: Integer | None = None
    size: Integer | None = None
    error: bool = False
    query: str = ""
    kwargs: msgspec.Raw = NOTHING
    seen: msgspec.Raw = NOTHING


class Route(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a measurement is grouped by."""

    method: str
    name: str
    endpoint: str | None


class Process(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Who has measured."""

    pid: Integer
    host: str
    number: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{10}$")]

    @property
    def integer(self) -> int:
        """Give the number as 40 bits."""
        return int(self.number, 16)


class _Known(dict[bytes, T], Generic[T]):
    """JSON → value, decoded once; raises what msgspec raises."""

    def __init__(self, decode: Callable[[bytes], T]) -> None:
        self._decode = decode

    def __missing__(self, raw: bytes) -> T:
        value = self._decode(raw)
        if len(self) >= _MOST:
            self.clear()
        self[raw] = value
        return value


routes: Final = _Known(msgspec.json.Decoder(Route).decode)
processes: Final = _Known(msgspec.json.Decoder(Process).decode)

_decode = msgspec.json.Decoder(Facts).decode
_route, _process, _ticks = map(attrgetter, ("route", "process", "ticks"))


def facts_of(raw: bytes) -> Facts:
    """Read a line of the spool; raises `msgspec.DecodeError` for what isn't one."""
    return facts_of_all([raw])[0]


def facts_of_all(raws: list[bytes]) -> list[Facts]:
    """Read lines; raises `msgspec.DecodeError` if one of them isn't one."""
    found = list(map(_decode, raws))
    for route in set(map(bytes, map(_route, found))):
        routes[route]
    for process in set(map(bytes, map(_process, found))):
        processes[process]
    if not _COUNTS.issuperset(map(len, map(_ticks, found))):
        raise msgspec.ValidationError("There must be two ticks, or five.")
    return found
