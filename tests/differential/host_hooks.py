"""Hooks of a host application: each notes its call, and acts when it is told to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flask
from asked import Log
from flask import Flask, Response, abort, g, request
from host_views import guarded, order, read_body, seen

ACTS = (
    *("before answers", "before aborts", "before raises", "before reads"),
    *("second answers", "blueprint answers", "values pops", "values raises"),
    *("after replaces", "after adds", "after raises", "after reads"),
    *("teardown raises", "appcontext raises", "handler raises", "started raises"),
    *("deferred", "finished raises", "session fails"),
)


def hooked(app: Flask, log: Log) -> None:
    """Register every kind of hook."""
    _before(app, log)
    _after(app, log)
    _handlers(app, log)
    _signals(app, log)


def told(act: str) -> bool:
    """Tell whether the current request wants something done."""
    return act in order().acts


def _before(app: Flask, log: Log) -> None:
    @app.url_value_preprocessor
    def values(endpoint: str | None, values: dict[str, Any] | None) -> None:
        log.append(("values", endpoint, dict(values or {}), seen()))
        if told("values pops") and values:
            g.popped = values.popitem()
        if told("values raises"):
            raise ValueError("values")

    @app.before_request
    def first() -> Any:
        log.append(("first", seen()))
        g.first = True
        if told("before reads"):
            log.append(("early", guarded(read_body)))
        if told("before aborts"):
            abort(403)
        if told("before raises"):
            raise KeyError("before")
        if told("deferred"):
            flask.after_this_request(_stamped)
        return ("halt", 401) if told("before answers") else None

    @app.before_request
    def second() -> Any:
        log.append(("second", g.get("first")))
        return Response("second", 402) if told("second answers") else None


def _stamped(response: Response) -> Response:
    response.headers["X-Deferred"] = str(g.get("visited"))
    return response


def _after(app: Flask, log: Log) -> None:
    @app.after_request
    def after(response: Response) -> Response:
        log.append(("after", response.status, list(response.headers), seen()))
        if told("after reads"):
            log.append(("late", guarded(lambda: request.stream.read(4))))
        if told("after raises"):
            raise LookupError("after")
        if told("after adds"):
            response.headers.add("X-After", "1")
            response.headers.add("X-After", "2")
        return Response("replaced", 203) if told("after replaces") else response

    @app.teardown_request
    def teardown(error: BaseException | None) -> None:
        log.append(("teardown", type(error), seen()))
        if told("teardown raises"):
            raise ArithmeticError("teardown")

    @app.teardown_appcontext
    def appcontext(error: BaseException | None) -> None:
        asked = flask.has_request_context() and told("appcontext raises")
        log.append(("appcontext", type(error), sorted(g)))
        if asked:
            raise ArithmeticError("appcontext")


def _handlers(app: Flask, log: Log) -> None:
    def handler(name: str, status: int) -> Callable[[Exception], Any]:
        def handle(error: Exception) -> Any:
            log.append(("handler", name, type(error), seen()))
            if told("handler raises"):
                raise RuntimeError("handler") from error
            return f"handled {name}", status

        return handle

    app.register_error_handler(KeyError, handler("KeyError", 409))
    app.register_error_handler(404, handler("404", 404))
    app.register_error_handler(500, handler("500", 500))


def _signals(app: Flask, log: Log) -> None:
    def connected(signal: Any, name: str) -> Callable[..., None]:
        def note(*_: Any, **__: Any) -> None:
            log.append(("signal", name))
            if told(f"{name} raises"):
                raise OSError(name)

        signal.connect(note, app)
        return note

    names = {
        "started": flask.request_started,
        "finished": flask.request_finished,
        "exception": flask.got_request_exception,
        "torn down": flask.request_tearing_down,
    }
    app.extensions["receivers"] = [connected(names[name], name) for name in names]
