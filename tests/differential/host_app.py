"""The application that is asked twice, and what stands around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from asked import Log
from flask import Blueprint, Flask
from flask.sessions import SecureCookieSessionInterface
from flask.views import MethodView
from host_answers import answers
from host_hooks import hooked, told
from host_views import views
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

import flask_profiler

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"]


@dataclass(frozen=True)
class Shape:
    """How an application is made."""

    propagate: bool = False
    debug: bool = False
    middleware: tuple[str, ...] = ()


class Still(TimestampSigner):
    """Sign as if it were always the same second."""

    def get_timestamp(self) -> int:
        return 1_700_000_000


class Sessions(SecureCookieSessionInterface):
    """Sessions whose cookies don't depend on the time; told so, they can't be read."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return URLSafeTimedSerializer("key", salt=self.salt, signer=Still)

    def open_session(self, app: Flask, request: Any) -> Any:
        if "session fails" in request.environ["test.asked"].acts:
            raise ConnectionError("no sessions")
        return super().open_session(app, request)


def built(shape: Shape, log: Log, install: Callable[[Flask], object]) -> Flask:
    """Make an application that notes all in a log; `install` comes where users do it.

    What its last middleware notes as `left` is the moment in which it has answered.
    """
    app = Flask("host")
    app.secret_key = "test"
    app.session_interface = Sessions()
    app.logger.disabled = True
    app.debug = shape.debug
    if shape.propagate:
        app.config["PROPAGATE_EXCEPTIONS"] = True
    view = views(log, answers(app, log))
    hooked(app, log)
    _routed(app, log, view)
    for name in shape.middleware:
        app.wsgi_app = MIDDLEWARE[name](app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = _leaving(app.wsgi_app, log)  # type: ignore[method-assign]
    install(app)
    app.add_url_rule("/late", "late", view, methods=METHODS)
    return app


def _routed(app: Flask, log: Log, view: Callable[..., Any]) -> None:
    for endpoint, rule in {
        "sync": "/sync",
        "ignored": "/ignored/<name>",
        "again": "/again/<int:number>",
        "typed": "/typed/<uuid:id>/<float:size>/<path:rest>",
        "text": "/text/<text>",
        "secret": "/secret/<token>",
        "folder": "/folder/",
    }.items():
        app.add_url_rule(rule, endpoint, view, methods=METHODS)

    async def awaited(**arguments: Any) -> Any:
        return view(**arguments)

    class Item(MethodView):
        def get(self, **arguments: Any) -> Any:
            return view(**arguments)

        post = get

    def other() -> str:
        log.append(("other",))
        return "other"

    app.add_url_rule("/async", "async", awaited, methods=METHODS)
    app.add_url_rule("/item/<number>", view_func=Item.as_view("item"))
    app.add_url_rule("/other", "other", other, methods=METHODS)
    decorated = flask_profiler.profile()(view)
    app.add_url_rule("/decorated", "decorated", decorated, methods=METHODS)
    app.register_blueprint(_blueprint(log, view))


def _blueprint(log: Log, view: Callable[..., Any]) -> Blueprint:
    outer = Blueprint("outer", __name__, url_prefix="/outer")
    inner = Blueprint("inner", __name__, url_prefix="/inner")

    @inner.before_request
    def before() -> Any:
        log.append(("blueprint",))
        return ("blueprint", 400) if told("blueprint answers") else None

    inner.add_url_rule("/leaf", "leaf", view, methods=METHODS)
    outer.register_blueprint(inner)
    return outer


def _leaving(inner: Any, log: Log) -> Any:
    def wsgi_app(environ: Any, start_response: Any) -> Any:
        try:
            return inner(environ, start_response)
        finally:
            log.append(("left",))

    return wsgi_app


def _listed(inner: Any) -> Any:
    """Take the whole body, and give it in a list."""

    def wsgi_app(environ: Any, start_response: Any) -> Any:
        body = inner(environ, start_response)
        try:
            return list(body)
        finally:
            getattr(body, "close", int)()

    return wsgi_app


def _lazy(inner: Any) -> Any:
    """Call the application only when the server asks for the first chunk."""

    def wsgi_app(environ: Any, start_response: Any) -> Iterator[bytes]:
        body = inner(environ, start_response)
        try:
            yield from body
        finally:
            getattr(body, "close", int)()

    return wsgi_app


def _written(inner: Any) -> Any:
    """Send the status and the first bytes through `write`."""

    def wsgi_app(environ: Any, start_response: Any) -> Any:
        started: list[Any] = []
        body = inner(environ, lambda *values: started.extend(values))
        start_response(*started[:2])(b"written ")
        return body

    return wsgi_app


def _mended(inner: Any) -> Any:
    """Answer with another status after the first, as error pages do."""

    def wsgi_app(environ: Any, start_response: Any) -> Any:
        body = inner(environ, start_response)
        if "handler raises" not in environ["test.asked"].acts:
            return body
        getattr(body, "close", int)()
        error = ValueError("mended")
        info = (ValueError, error, None)
        start_response("502 Mended", [("Content-Length", "3")], info)
        return (chunk for chunk in (b"m", b"end"))

    return wsgi_app


MIDDLEWARE: dict[str, Callable[[Any], Any]] = {
    "proxy": lambda inner: ProxyFix(inner, x_for=1, x_host=1, x_prefix=1),
    "listed": _listed,
    "written": _written,
    "mended": _mended,
    "lazy": _lazy,
}
"""Inner ones first."""
