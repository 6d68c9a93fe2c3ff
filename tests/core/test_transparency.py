"""With the profiler or without, the client and the server get the same."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import flask
import pytest
from flask import Blueprint, Flask, Response, abort, redirect, request, session
from flask.views import MethodView
from hosting import environ, install, raw, state

import flask_profiler


def shop() -> Flask:
    app = Flask("shop")
    app.secret_key = "test"
    api = Blueprint("api", __name__, url_prefix="/api")

    class Item(MethodView):
        def get(self, sku: int) -> dict[str, int]:
            return {"sku": sku}

        def delete(self, sku: int) -> tuple[str, int]:
            return "", 204

    api.add_url_rule("/item/<int:sku>", view_func=Item.as_view("item"))
    app.register_blueprint(api)
    app.get("/async")(asynchronous)
    app.get("/stream", endpoint="stream")(
        lambda: Response(pieces(), mimetype="text/csv")
    )
    app.get("/list", endpoint="list")(lambda: [1, "two", None])
    app.get("/redirect", endpoint="redirect")(lambda: redirect("/list", 303))
    app.get("/abort", endpoint="abort")(lambda: abort(418))
    app.get("/boom", endpoint="boom")(lambda: 1 / 0)
    app.get("/fail", endpoint="fail")(lambda: {}["missing"])
    app.get("/none", endpoint="none")(lambda: None)
    app.get("/folder/", endpoint="folder")(lambda: "slash")
    app.post("/echo", endpoint="echo")(echo)
    app.post("/form", endpoint="form")(lambda: dict(request.form))
    app.get("/session", endpoint="session")(counting)
    app.errorhandler(KeyError)(lambda error: (f"key {error}", 409))
    app.errorhandler(404)(lambda _error: ("custom 404", 404))
    app.before_request(lambda: ("halt", 401) if "halt" in request.args else None)
    app.after_request(stamped)
    return app


async def asynchronous() -> tuple[str, dict[str, str]]:
    return "async", {"X-Path": request.path}


def pieces() -> Iterator[str]:
    yield "a,b\n"
    yield ""
    yield "1,2\n"


def echo() -> bytes:
    return request.get_data()


def counting() -> str:
    session["n"] = session.get("n", 0) + 1
    return str(session["n"])


def stamped(response: Response) -> Response:
    response.headers["X-Endpoint"] = str(request.endpoint)
    response.set_cookie("seen", "1")
    return response


REQUESTS: list[dict[str, Any]] = [
    {"path": "/api/item/5"},
    {"path": "/api/item/5", "method": "DELETE"},
    {"path": "/api/item/5", "method": "HEAD"},
    {"path": "/api/item/5", "method": "OPTIONS"},
    {"path": "/api/item/5", "method": "PUT"},
    {"path": "/api/item/x"},
    {"path": "/async"},
    {"path": "/stream"},
    {"path": "/list"},
    {"path": "/list?halt"},
    {"path": "/redirect"},
    {"path": "/abort"},
    {"path": "/boom"},
    {"path": "/fail"},
    {"path": "/none"},
    {"path": "/folder"},
    {"path": "/nowhere"},
    {"path": "/echo", "method": "POST", "data": b"\x00\xff"},
    {"path": "/echo", "method": "POST", "json": {"password": "x"}},
    {"path": "/form", "method": "POST", "data": {"a": "1", "token": "t"}},
    {"path": "/form", "method": "POST"},
    {"path": "/session"},
]


def outcome(app: Flask, options: dict[str, Any]) -> tuple[Any, ...]:
    made = environ(**copy.deepcopy(options))
    try:
        answer = raw(app, made)
        chunks = list(answer.body)
        answer.close()
    except Exception as error:
        return type(error), str(error)
    headers = [(k, v) for k, v in answer.headers if k != "Set-Cookie"]
    cookies = [v.split("=")[0] for k, v in answer.headers if k == "Set-Cookie"]
    return answer.status, headers, cookies, chunks, answer.calls


@pytest.mark.parametrize("propagate", [False, True])
@pytest.mark.parametrize(
    ("hook", "config"),
    [
        (flask_profiler.init_app, {}),
        (flask_profiler.init_app, {"capture": {"unread": True}, "unmatched": True}),
        (flask_profiler.Profiler, {"sampling_function": lambda: False}),
        (flask_profiler.Profiler, {"ignore": ["."]}),
        (flask_profiler.Profiler, {"enabled": False}),
    ],
)
def test_status_headers_and_chunks_are_the_same(
    propagate: bool, hook: Any, config: dict[str, Any]
) -> None:
    plain, profiled = shop(), shop()
    for app in (plain, profiled):
        app.config["PROPAGATE_EXCEPTIONS"] = propagate
    install(profiled, hook, **config)
    for options in REQUESTS * 2:
        assert outcome(profiled, options) == outcome(plain, options), options


def test_signals_and_contexts_are_the_same() -> None:
    events: dict[str, list[str]] = {"plain": [], "profiled": []}

    def watched(name: str) -> Flask:
        app = shop()
        log = events[name]
        app.teardown_request(lambda error: log.append(f"request {error!r}"))
        app.teardown_appcontext(lambda error: log.append(f"app {error!r}"))
        handlers = [
            (flask.request_started, "started"),
            (flask.request_finished, "finished"),
            (flask.got_request_exception, "exception"),
        ]
        app.extensions["receivers"] = [
            receiver(signal, app, log, word) for signal, word in handlers
        ]
        return app

    def receiver(signal: Any, app: Flask, log: list[str], word: str) -> Any:
        def note(*_: Any, **__: Any) -> None:
            log.append(word)

        signal.connect(note, app)
        return note

    plain, profiled = watched("plain"), install(watched("profiled"))
    for options in REQUESTS:
        outcome(plain, options)
        outcome(profiled, options)
    assert events["profiled"] == events["plain"]
    assert state(profiled).recorder is not None
