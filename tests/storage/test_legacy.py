"""Engines written for 1.x work, whatever of 1.x's habits they have."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from storage_engines import OfVersion1
from storage_others import in_child
from storage_samples import BASE, full, make

from flask_profiler.query import Filter, Page, StatusRange
from flask_profiler.storage.base import BaseStorage, Mark
from flask_profiler.storage.legacy import LegacyStorage


def adapted(engine: type) -> LegacyStorage:
    return LegacyStorage({"KEY": "value"}, engine)


class Strict(OfVersion1):
    """Takes exactly what 1.x gives, and keeps contexts of 1.x only."""

    def insert(self, measurement: dict[str, Any]) -> None:
        assert set(measurement) == {
            "name", "args", "kwargs", "method",
            "startedAt", "endedAt", "elapsed", "context",
        }  # fmt: skip
        known = ("url", "args", "form", "body", "headers", "func", "ip")
        context = {key: measurement["context"][key] for key in known}
        super().insert({**measurement, "context": context})


class DeafToLimit(OfVersion1):
    def filter(self, kwds):
        return super().filter({**kwds, "limit": 10**6})


class DeafToPaging(OfVersion1):
    def filter(self, kwds):
        return super().filter({**kwds, "limit": 10**6, "skip": 0})


class Short(OfVersion1):
    def filter(self, kwds):
        return super().filter({**kwds, "limit": 7})


class WithoutIds(OfVersion1):
    def filter(self, kwds):
        return [{**row, "id": None} for row in super().filter(kwds)]


class Scant(BaseStorage):
    """Has only what can't be done without."""

    def __init__(self, config) -> None:
        self.inner = OfVersion1(config)

    def insert(self, measurement) -> None:
        self.inner.insert(measurement)

    def filter(self, kwds):
        return self.inner.filter(kwds)

    def delete(self, id_) -> None:
        self.inner.delete(id_)


HABITS = [OfVersion1, Strict, DeafToLimit, DeafToPaging, Short, WithoutIds, Scant]


@pytest.mark.parametrize("engine", HABITS)
def test_everything_is_found_whatever_the_engine_ignores(engine: type) -> None:
    storage = adapted(engine)
    storage.insert_many([make(n, 100 + n, name=f"/{n % 3}") for n in range(250)])
    found = storage.find(Filter())
    assert [m.started_us - BASE for m in found] == list(range(249, -1, -1))
    assert len(storage.find(Filter(names=("/1",)), page=Page(limit=10, skip=80))) == 3
    assert storage.count(Filter(names=("/1",), methods=("GET",))) == 83
    assert storage.extent().count == 250


def test_the_engine_gets_its_options_and_nothing_else() -> None:
    assert adapted(OfVersion1).engine.config == {"KEY": "value"}


def test_what_1x_did_not_know_travels_in_the_context() -> None:
    storage = adapted(OfVersion1)
    stored = full()
    storage.insert_many([stored], Mark("ignored", 1))
    (found,) = storage.find(Filter(statuses=(StatusRange(500, 599),)))
    assert (found.uid, found.phases, found.raised) == (
        stored.uid,
        stored.phases,
        stored.raised,
    )
    assert found.context == stored.context


def test_an_engine_that_cuts_contexts_still_answers() -> None:
    storage = adapted(Strict)
    storage.insert_many([full()])
    (found,) = storage.find(Filter())
    assert (found.name, found.elapsed_us, found.status) == (full().name, 412_345, None)
    assert found.endpoint is None or found.endpoint == "updateProduct"
    assert len(found.uid) == 24
    assert storage.find(Filter()) == [found]


def test_a_context_that_somebody_else_wrote_is_left_alone() -> None:
    storage = adapted(OfVersion1)
    storage.insert_many([make()])
    storage.engine.rows[1]["context"]["flask_profiler"] = {"uid": 7}
    storage.engine.insert(
        {
            "startedAt": BASE / 1e6,
            "endedAt": BASE / 1e6,
            "elapsed": 0.25,
            "name": "/old",
            "method": "GET",
            "args": (),
            "kwargs": {},
            "context": None,
        }
    )
    assert {m.name for m in storage.find(Filter())} == {"/", "/old"}


def test_a_batch_that_fails_half_way_is_not_stored_twice() -> None:
    storage = adapted(OfVersion1)
    batch = [make(1), make(2, kwargs={"bad": object()}), make(3)]
    with pytest.raises(TypeError):
        storage.insert_many(batch)
    for one in (batch[:1], batch[2:]):
        storage.insert_many(one)
    assert len(storage.engine.rows) == 2


def test_what_is_remembered_of_inserts_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr("flask_profiler.storage.legacy._REMEMBERED", 10)
    storage = adapted(OfVersion1)
    storage.insert_many([make(n) for n in range(50)])
    assert len(storage._inserted) == 10


def test_an_engine_without_get_is_searched() -> None:
    storage = adapted(Scant)
    storage.insert_many([make(1), make(2)])
    found = storage.get("2")
    assert found is not None
    assert found.started_us == BASE + 2
    assert storage.get("3") is None


def test_an_engine_without_truncate_deletes_one_by_one() -> None:
    storage = adapted(Scant)
    storage.insert_many([make(n) for n in range(5)])
    assert storage.delete(Filter()) == 5
    assert storage.find(Filter()) == []


def test_the_engine_is_built_late_and_again_in_a_child() -> None:
    built = []

    class Counting(OfVersion1):
        def __init__(self, config) -> None:
            super().__init__(config)
            built.append(self)

    storage = adapted(Counting)
    assert built == []
    assert storage.engine is storage.engine
    assert len(built) == 1
    assert in_child(lambda: (storage.find(Filter()), len(built))[1]) == 2


def test_a_child_forked_while_the_engine_is_built_builds_its_own() -> None:
    building, go_on = threading.Event(), threading.Event()

    class Slow(OfVersion1):
        def __init__(self, config) -> None:
            super().__init__(config)
            if threading.current_thread() is thread:
                building.set()
                assert go_on.wait(10)

    storage = adapted(Slow)
    thread = threading.Thread(target=lambda: storage.engine)
    thread.start()
    assert building.wait(10)
    try:
        assert in_child(lambda: storage.find(Filter())) == []
    finally:
        go_on.set()
        thread.join(10)
    assert storage.find(Filter()) == []
