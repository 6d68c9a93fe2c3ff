"""A few hundred varied measurements that are the same at every run."""

from __future__ import annotations

import random
from itertools import count
from typing import TypeAlias

from flask_profiler.clock import US
from flask_profiler.measurement import Context, Measurement, Phases, Raised

NOW_US = 1_795_356_225_000_000
"""2026-11-22 14:03:45 UTC: what the clock says in these tests."""

Route: TypeAlias = tuple[str, str, str, int, int, str]

_ROUTES: tuple[Route, ...] = (
    # method, name, endpoint, how many, median in µs, URL
    ("POST", "/checkout", "checkout", 60, 121_000, "/checkout"),
    ("PUT", "/product/<id>", "updateProduct", 90, 58_000, "/product/{}?dry=1"),
    ("GET", "/products", "listProducts", 320, 8_000, "/products?page={}"),
    ("GET", "/api/v2/reports/<int:year>/<int:month>/<path:rest>", "api.report", 12,
     1_310_000, "/api/v2/reports/2026/{}/sales/by-region?format=json&currency=EUR"),
    ("GET", "/product/<id>", "getProduct", 280, 4_100, "/product/{}"),
    ("DELETE", "/product/<id>", "deleteProduct", 20, 31_000, "/product/{}"),
    ("GET", "/health", "health", 90, 300, "/health"),
)  # fmt: skip


def population(seed: int = 7) -> list[Measurement]:
    """Give measurements of the last six hours before `NOW_US`, the oldest first."""
    chance, numbers = random.Random(seed), count(1)
    made = [
        _one(chance, next(numbers), route) for route in _ROUTES for _ in range(route[3])
    ]
    return sorted(made, key=lambda m: m.started_us)


def _one(chance: random.Random, number: int, route: Route) -> Measurement:
    method, name, endpoint, _, median_us, url = route
    elapsed_us = round(median_us * chance.lognormvariate(0, 0.7))
    failed = chance.random() < 0.02
    status = 500 if failed else 404 if chance.random() < 0.03 else 200
    before, after = elapsed_us // 34, elapsed_us // 22
    started_us = NOW_US - chance.randrange(6 * 3600 * US)
    return Measurement(
        uid=f"{started_us // US:08x}0102030405{number:06x}",
        started_us=started_us,
        elapsed_us=elapsed_us,
        method=method,
        name=name,
        endpoint=endpoint,
        status=status,
        error=failed,
        raised=Raised("ValueError", "no such thing") if failed else None,
        phases=Phases(before, elapsed_us - before - after, after, 0),
        size=chance.randrange(20, 40_000),
        kwargs={"id": str(number)} if "<id>" in name else {},
        context=Context(
            url="http://shop.test" + url.format(number),
            args={"dry": "1"} if method == "PUT" else {},
            headers={
                "Host": "shop.test",
                "User-Agent": "curl/7.88.1",
                "Accept": "*/*",
                "Authorization": "[redacted]",
                "Cookie": "[redacted]",
                "Accept-Language": "en",
            },
            func=endpoint,
            ip="127.0.0.1",
        ),
        pid=4123,
        host="web-1",
    )
