"""An application to measure, and the requests that it gets."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import flask

Environ = dict[str, Any]


def application() -> flask.Flask:
    """Make an application with the three views that are measured."""
    app = flask.Flask("benchmark")

    @app.get("/product/<sku>")
    def product(sku: str) -> dict[str, object]:
        return {"sku": sku, "name": "a product", "price": 12.5}

    @app.post("/orders")
    def orders() -> dict[str, object]:
        return {"items": len(flask.request.get_json()["items"])}

    @app.get("/report")
    def report() -> Iterable[str]:
        return (f"line {number}\n" for number in range(5))

    return app


AGENTS = [
    f"Mozilla/5.0 (X11; Linux x86_64; rv:{number}.0) Gecko/20100101 Firefox/{number}.0"
    for number in range(60, 260)
]


def headers() -> Environ:
    """Make 12 headers, of which 3 differ each time, from 200 user agents."""
    number = random.getrandbits(128)
    return {
        "HTTP_HOST": "shop.example",
        "HTTP_USER_AGENT": random.choice(AGENTS),
        "HTTP_ACCEPT": "text/html,application/xhtml+xml,*/*;q=0.8",
        "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.5",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "HTTP_REFERER": f"https://shop.example/product/{number % 10**6}",
        "HTTP_CONNECTION": "keep-alive",
        "HTTP_COOKIE": "session=6f1d2c9e4b7a",
        "HTTP_X_REQUEST_ID": f"{number:032x}",
        "HTTP_X_FORWARDED_FOR": f"{number % 223}.{number % 251}.{number % 253}.7",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_CACHE_CONTROL": "no-cache",
    }


def environ(method: str, path: str, body: bytes = b"") -> Environ:
    """Make what gunicorn would."""
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
        **headers(),
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


def order(items: int) -> bytes:
    item = {"sku": "A-100-200", "quantity": 2, "price": 19.99, "note": "a gift, please"}
    return json.dumps({"customer": 4711, "items": [item] * items}).encode()


SMALLER, LARGER = order(38), order(127)
SCENARIOS: dict[str, Callable[[], Environ]] = {
    "small JSON view": lambda: environ("GET", f"/product/{random.randrange(10**6)}"),
    "3 KB JSON POST": lambda: environ("POST", "/orders", SMALLER),
    "10 KB JSON POST": lambda: environ("POST", "/orders", LARGER),
    "streamed": lambda: environ("GET", "/report"),
}


def start_response(status: str, *_: Any) -> Any:
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
