"""Measurements to store: one builder, one full example, and random ones."""

from __future__ import annotations

import os
import random
import secrets
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from flask_profiler.measurement import Context, Measurement, Phases, Raised
from flask_profiler.query import Filter, Page, Sort, SortKey, StatusRange, TimeBucket
from flask_profiler.storage.sqlite.order import COLUMNS
from tests.uids import Uids

BASE = 1_790_000_000_000_000
"""A start to count from, in µs since the epoch."""

_uids = [Uids()]
os.register_at_fork(after_in_child=lambda: _uids.append(Uids()))

examples = settings(max_examples=40, deadline=None, derandomize=True, database=None)
"""Enough to go through the combinations, and the same ones in every run."""


def make(at: int = 0, elapsed: int = 1000, **fields: Any) -> Measurement:
    """Make a measurement that starts `at` µs after `BASE`."""
    fields = {"method": "GET", "name": "/", **fields}
    fields.setdefault("uid", _uids[-1].make(BASE + at))
    return Measurement(started_us=BASE + at, elapsed_us=elapsed, **fields)


def full(at: int = 0) -> Measurement:
    """Make a measurement that has everything a measurement can have."""
    return make(
        at,
        412_345,
        method="PUT",
        name="/product/<id>",
        endpoint="updateProduct",
        status=500,
        error=True,
        raised=Raised("ValueError", "no such 'thing' - ünïcode \N{SNOWMAN}"),
        phases=Phases(12_000, 381_345, 19_000, 0),
        size=2**40,
        args=(1, "two", [3.5, None]),
        kwargs={"id": "123", "flag": True, "none": None, "list": [1, "x"]},
        context=Context(
            url="http://127.0.0.1:5000/product/123?dry=1&tag=a&tag=b",
            args={"dry": "1", "tag": ["a", "b"]},
            form={"name": "chair", "colour": ["red", "blue"]},
            body='{"a": 1}\nsecond line',
            headers={"Host": "127.0.0.1:5000", "Cookie": "[redacted]"},
            func="updateProduct",
            ip="127.0.0.1",
            extra={"tenant": {"id": 7}},
        ),
        pid=4711,
        host="web-1",
    )


def typical(count: int, seed: int = 0) -> list[Measurement]:
    """Make small GETs with 12 headers, 3 of them different each time."""
    return [_typical(seed + n) for n in range(count)]


def _typical(n: int) -> Measurement:
    agent = n * 7919 % 200
    headers = {
        "Host": "shop.example.com",
        "User-Agent": f"Mozilla/5.0 (X11; Linux x86_64; rv:{agent}.0) Firefox/{agent}",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "en-US,en;q=0.5",
        "Accept-Encoding": "gzip, deflate, br",
        "Connection": "keep-alive",
        "Referer": f"https://shop.example.com/search?page={n % 31}",
        "Cookie": "[redacted]",
        "X-Forwarded-For": f"10.{n % 7}.{n * 31 % 256}.{n * 17 % 256}",
        "X-Request-Id": secrets.token_hex(16),
        "Cache-Control": "no-cache",
        "Sec-Fetch-Mode": "navigate",
    }
    return make(
        n * 900,
        300 + n * 7919 % 50_000,
        method="GET",
        name=f"/product/<id>/{n % 50}",
        endpoint=f"product{n % 50}",
        status=200,
        phases=Phases(100, n * 7919 % 50_000, 200, 0),
        size=1000 + n % 500,
        kwargs={"id": str(n % 1000)},
        context=Context(
            url=f"https://shop.example.com/product/{n % 1000}",
            headers=headers,
            func=f"product{n % 50}",
            ip="127.0.0.1",
        ),
        pid=4000 + n % 8,
        host="web-1",
    )


_NAMES = ["/", "/a", "/a/<id>", "/b'\"%_*", "/ü\N{SNOWMAN}", "/A", ""]
_METHODS = ["GET", "PUT", "get", "O'X"]
_KEYS = ["id", "q'", "ü"]
_JSON = ["1", 1, True, None, 1.5, [1, "x'y"], {"k": 1}, []]

_names = st.sampled_from(_NAMES)
_methods = st.sampled_from(_METHODS)
_wanted = st.lists(
    st.tuples(st.sampled_from(_KEYS), st.sampled_from(["1", "", "x'y", "true"])),
    max_size=1,
).map(tuple)
_globs = st.lists(
    st.sampled_from(["/a*", "*", "b.?", "/a/<id>", "[a]", "", "/b'\"%_?"]), max_size=2
).map(tuple)


def _random(number: int, dice: random.Random) -> Measurement:
    def mapping() -> dict[str, Any]:
        keys = dice.sample(_KEYS, dice.choice([0, 0, 1, 2]))
        return {key: dice.choice(_JSON) for key in keys}

    return make(
        dice.randrange(20),
        dice.choice([dice.randrange(20), dice.randrange(10**9)]),
        uid=f"{number:024x}",
        method=dice.choice(_METHODS),
        name=dice.choice(_NAMES),
        endpoint=dice.choice([None, "a", "b.c", "/a", ""]),
        status=dice.choice([None, 200, 204, 404, 500, 503]),
        error=dice.choice([True, False]),
        size=dice.choice([None, 0, 1, 2]),
        kwargs=mapping(),
        context=Context(args=mapping()),
        host=dice.choice([None, "web-1", "web-2"]),
    )


def crowd(size: int, seed: int) -> list[Measurement]:
    """Give measurements with many ties, and uids in no order of time."""
    dice = random.Random(seed)
    numbers = dice.sample(range(10**6), size)
    return [_random(number, dice) for number in numbers]


def measurements() -> st.SearchStrategy[list[Measurement]]:
    """Give random measurements; drawn from a seed, which is ten times as fast."""
    return st.builds(crowd, st.integers(0, 30), st.integers(0, 10**9))


_bounds = st.none() | st.integers(-1, 21)
filters = st.builds(
    Filter,
    endpoints=_globs,
    excluded=_globs,
    names=st.lists(_names, max_size=2).map(tuple),
    methods=st.lists(_methods, max_size=3).map(tuple),
    statuses=st.lists(
        st.builds(StatusRange, st.integers(100, 500), st.integers(200, 599)), max_size=2
    ).map(tuple),
    min_elapsed_us=st.none() | st.integers(0, 3_000),
    max_elapsed_us=st.none() | st.integers(0, 10**9),
    kwargs=_wanted,
    args=_wanted,
    since_us=_bounds.map(lambda at: None if at is None else BASE + at),
    until_us=_bounds.map(lambda at: None if at is None else BASE + at),
)
light_filters = st.sampled_from([Filter()]) | filters

_fields = st.sampled_from(list(COLUMNS))
sorts = st.lists(st.builds(SortKey, _fields, st.booleans()), max_size=3).map(
    lambda keys: Sort(tuple(keys))
)
pages = st.builds(Page, limit=st.none() | st.integers(0, 10), skip=st.integers(0, 5))

_buckets = st.builds(TimeBucket, st.integers(1, 7), st.integers(-5, 5))
dimensions = st.lists(
    st.sampled_from(["method", "name", "endpoint", "status", "host"]) | _buckets,
    max_size=3,
    unique=True,
).map(tuple)
