"""What the profiler adds to a request, against plain Flask in the same run.

    python benchmarks/overhead.py [--rounds N] [--drain]

Each round calls every variant once for each scenario, in turn, so that a slow second of
the machine hits all alike; only ratios and differences mean something.

plain     the application as it is
floor     the same inside an empty WSGI wrapper: what any middleware costs
profiled  the same with the profiler, spooling to a real file
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import flask

import flask_profiler

Environ = dict[str, Any]


def application() -> flask.Flask:
    """Make an application with the three views that are measured."""
    app = flask.Flask("benchmark")

    @app.get("/product/<id>")
    def product(id: str) -> dict[str, object]:
        return {"id": id, "name": "a product", "price": 12.5}

    @app.post("/orders")
    def order() -> dict[str, object]:
        return {"items": len(flask.request.get_json()["items"])}

    @app.get("/report")
    def report() -> Iterable[str]:
        return (f"line {number}\n" for number in range(5))

    return app


def wrapped() -> flask.Flask:
    app = application()
    inner = app.wsgi_app
    app.wsgi_app = lambda environ, start: inner(environ, start)  # type: ignore[method-assign]
    return app


def profiled(folder: Path, *, drain: bool) -> flask.Flask:
    app = application()
    app.config["flask_profiler"] = {
        "enabled": True,
        "storage": {"FILE": str(folder / "benchmark.sql")},
        "spool": {"drain": drain},
    }
    flask_profiler.init_app(app)
    return app


def environ(method: str, path: str, body: bytes = b"") -> Environ:
    """Make what gunicorn would: 12 headers, of which 3 differ each time."""
    number = f"{random.getrandbits(64):016x}"
    made: Environ = {
        "wsgi.errors": None,
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": list,
        "wsgi.input_terminated": True,
        "SERVER_SOFTWARE": "gunicorn",
        "wsgi.input": BytesIO(body),
        "REQUEST_METHOD": method,
        "QUERY_STRING": "page=2&sort=price",
        "RAW_URI": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "shop.example",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
        "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.5",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "HTTP_REFERER": "https://shop.example/products?page=1",
        "HTTP_CONNECTION": "keep-alive",
        "HTTP_COOKIE": f"session={number}",
        "HTTP_X_REQUEST_ID": number,
        "HTTP_X_FORWARDED_FOR": f"203.0.113.{random.randrange(256)}",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_CACHE_CONTROL": "no-cache",
        "wsgi.url_scheme": "http",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "50000",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
    }
    if body:
        made["CONTENT_TYPE"] = "application/json"
        made["CONTENT_LENGTH"] = str(len(body))
    return made


def order_of_3_kb() -> bytes:
    item = {"sku": "A-100-200", "quantity": 2, "price": 19.99, "note": "a gift, please"}
    return json.dumps({"customer": 4711, "items": [item] * 38}).encode()


ORDER = order_of_3_kb()
SCENARIOS: dict[str, Callable[[], Environ]] = {
    "small JSON view": lambda: environ("GET", f"/product/{random.randrange(10**6)}"),
    "3 KB JSON POST": lambda: environ("POST", "/orders", ORDER),
    "streamed": lambda: environ("GET", "/report"),
}


def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
    assert status == "200 OK", status


def answer(app: flask.Flask, made: Environ) -> int:
    """Serve one request as a server would, and give its nanoseconds."""
    began = time.perf_counter_ns()
    body = app(made, start_response)
    for _ in body:
        pass
    close = getattr(body, "close", None)
    if close is not None:
        close()
    return time.perf_counter_ns() - began


@dataclass
class Times:
    """The times of one variant in one scenario, microseconds."""

    us: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.us)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.us, n=100)[98]


def interleaved(
    apps: dict[str, flask.Flask], make: Callable[[], Environ], rounds: int
) -> dict[str, Times]:
    times = {name: Times() for name in apps}
    order = list(apps)
    for number in range(rounds + 100):
        random.shuffle(order)
        for name in order:
            taken = answer(apps[name], make()) / 1000
            if number >= 100:
                times[name].us.append(taken)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5000)
    parser.add_argument("--drain", action="store_true", help="drain in this process")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        apps = {
            "plain": application(),
            "floor": wrapped(),
            "profiled": profiled(Path(folder), drain=options.drain),
        }
        print(
            f"{'':18}{'plain':>9}{'floor':>9}{'profiled':>10}{'p99 plain':>11}{'p99':>9}"
        )
        print(f"{'':18}{'µs':>9}{'+ µs':>9}{'+ µs':>10}{'µs':>11}{'+ µs':>9}")
        for scenario, make in SCENARIOS.items():
            times = interleaved(apps, make, options.rounds)
            plain, ours = times["plain"], times["profiled"]
            print(
                f"{scenario:18}{plain.median:9.1f}"
                f"{times['floor'].median - plain.median:9.1f}"
                f"{ours.median - plain.median:10.1f}"
                f"{plain.p99:11.1f}{ours.p99 - plain.p99:9.1f}"
            )


if __name__ == "__main__":
    main()
