"""Engines written for flask-profiler 1.x, behind today's contract.

They have `insert(dict)`, `filter(criteria)`, `delete(id)`: the rest is made of these.
What 1.x didn't know of a measurement travels in its context, under `KEY`. They know no
uids: a measurement whose insert was interrupted may be stored twice, and is then shown
once if the engine gives contexts back whole.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import msgspec

from flask_profiler.clock import US
from flask_profiler.measurement import Measurement
from flask_profiler.query import EVERYTHING, NEWEST_FIRST, Filter, Page, Sort
from flask_profiler.results import Facts
from flask_profiler.storage import v1
from flask_profiler.storage.base import BaseStorage, Mark, Storage
from flask_profiler.storage.ordering import paged

KEY = "flask_profiler"

_NEEDED = ("insert", "filter")
_BEYOND = (
    *("uid", "endpoint", "status", "error", "raised"),
    *("phases", "size", "pid", "host"),
)
_DAY = 86_400
_PAGE = 1_000
_REMEMBERED = 20_000


def is_legacy(engine: type) -> bool:
    """Tell whether a class is an engine for 1.x."""
    return all(callable(getattr(engine, name, None)) for name in _NEEDED) or issubclass(
        engine, BaseStorage
    )


_adapters: weakref.WeakSet[LegacyStorage] = weakref.WeakSet()


class LegacyStorage(Storage):
    """Serve an engine of 1.x. It is built when first used, again after a fork."""

    def __init__(
        self, options: Mapping[str, object], build: Callable[[dict[str, Any]], Any]
    ) -> None:
        super().__init__(options)
        self._build = build
        self._inserted: dict[str, None] = {}
        self.renew()
        _adapters.add(self)

    def renew(self) -> None:
        """Have no engine yet, and a lock that no thread of a parent process holds."""
        self._engine: tuple[int, Any] | None = None
        self._lock = threading.Lock()

    @property
    def location(self) -> str:
        """Name the class: what its options mean is not known here."""
        module = getattr(self._build, "__module__", "")
        return f"{module}.{getattr(self._build, '__qualname__', self._build)}"

    def insert_many(
        self, measurements: Sequence[Measurement], mark: Mark | None = None
    ) -> None:
        """Insert one by one; what this process has inserted already is passed over."""
        del mark
        for m in measurements:
            if m.uid not in self._inserted:
                self.engine.insert(_given(m))
                self._inserted[m.uid] = None
        for uid in list(
            islice(self._inserted, max(0, len(self._inserted) - _REMEMBERED))
        ):
            del self._inserted[uid]

    def get(self, id_: str) -> Measurement | None:
        """Ask the engine's own `get`, else look through everything."""
        if not hasattr(self.engine, "get"):
            rows = self._rows(Filter())
            return next((m for m in map(_taken, rows) if str(m.id) == id_), None)
        with suppress(LookupError, TypeError, ValueError, AttributeError):
            return _taken(self.engine.get(id_))
        return None

    def find(
        self, filter_: Filter, sort: Sort = NEWEST_FIRST, page: Page = EVERYTHING
    ) -> list[Measurement]:
        """Page through what the engine gives, and choose and sort here."""
        found = {
            m.uid: m for m in map(_taken, self._rows(filter_)) if filter_.matches(m)
        }
        return paged(found.values(), sort, page)

    def delete(self, filter_: Filter) -> int:
        """Delete one by one, or all at once where all are meant."""
        doomed = [m.id for m in map(_taken, self._rows(filter_)) if filter_.matches(m)]
        if filter_ == Filter() and hasattr(self.engine, "truncate"):
            self.engine.truncate()
            return len(doomed)
        for id_ in doomed:
            self.engine.delete(id_)
        return len(doomed)

    def facts(self) -> Facts:
        """Ask for one row, to see that the engine answers: it can't say more."""
        list(self.engine.filter({**_criteria(Filter()), "limit": 1, "skip": 0}))
        return Facts()

    @property
    def engine(self) -> Any:
        """Give this process's instance."""
        with self._lock:
            if self._engine is None or self._engine[0] != os.getpid():
                self._engine = os.getpid(), self._build(dict(self.options))
            return self._engine[1]

    def _rows(self, filter_: Filter) -> Iterator[Mapping[str, Any]]:
        """Give every row once: engines may ignore `limit`, `skip`, or both."""
        criteria = _criteria(filter_)
        seen: set[object] = set()
        while True:
            page = list(self.engine.filter({**criteria, "skip": len(seen)}))
            fresh = [row for row in page if _identity(row) not in seen]
            if not fresh:
                return
            seen.update(map(_identity, fresh))
            yield from fresh


def _criteria(filter_: Filter) -> dict[str, Any]:
    """Ask for at least what is meant; 1.x bounds the end, where we bound the start."""
    since = filter_.since_us or 0
    latest = max(time.time(), (filter_.until_us or 0) / US) + _DAY
    return {
        "startedAt": max(0.0, since / US - 1),
        "endedAt": latest,
        "sort": "startedAt,asc",
        "limit": _PAGE,
        **({"name": filter_.names[0]} if len(filter_.names) == 1 else {}),
        **({"method": filter_.methods[0]} if len(filter_.methods) == 1 else {}),
    }


def _identity(row: Mapping[str, Any]) -> object:
    return row["id"] if row.get("id") is not None else repr(row)


def _given(m: Measurement) -> dict[str, Any]:
    row = v1.to_v1(m)
    beyond = {key: msgspec.to_builtins(getattr(m, key)) for key in _BEYOND}
    return {**row, "context": {**row["context"], KEY: beyond}}


def _taken(row: Mapping[str, Any]) -> Measurement:
    m = v1.from_v1(row, "")
    beyond = m.context.extra.get(KEY)
    extra = {key: item for key, item in m.context.extra.items() if key != KEY}
    plain = msgspec.structs.replace(
        m, context=msgspec.structs.replace(m.context, extra=extra)
    )
    if not isinstance(beyond, Mapping):
        return plain
    values = {
        **msgspec.to_builtins(plain),
        **{k: beyond[k] for k in _BEYOND if k in beyond},
    }
    try:
        return msgspec.convert(values, Measurement)
    except msgspec.ValidationError:
        return plain


def _after_in_child() -> None:
    for adapter in list(_adapters):
        adapter.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_in_child)
