"""The thin rim around `wsgi_app`: it frames the whole request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask_profiler.clock import tick_ns, wall_ns
from flask_profiler.guard import report
from flask_profiler.instrument.bodies import framed
from flask_profiler.instrument.exchange import Exchange, Keeper
from flask_profiler.request_context import watch

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_UNKNOWN = object()


class Rim:
    """Stand around a WSGI application, and time what it does for each request."""

    __slots__ = (
        "_keeper",
        "_key",
        "_lock",
        "_max_unread",
        "_usual_wrapper",
        "wsgi_app",
    )

    def __init__(
        self,
        wsgi_app: WSGIApplication,
        keeper: Keeper,
        key: str,
        max_unread: int | None,
    ) -> None:
        self.wsgi_app = wsgi_app
        self._keeper = keeper
        self._key = key
        self._lock = threading.Lock()
        self._usual_wrapper: object = _UNKNOWN
        """A class of the server: what it gives can be recognised."""
        self._max_unread = max_unread
        """Bytes of a body that may be read although nobody else did; `None`: never."""

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request as the application does."""
        try:
            exchange = Exchange(
                self._keeper, environ, start_response, wall_ns(), tick_ns()
            )
            environ[self._key] = exchange
            if environ.get("wsgi.file_wrapper") is not self._usual_wrapper:
                self._look_at_wrapper(exchange)
            if self._max_unread is not None:
                watch(environ, self._max_unread)
        except Exception as error:  # noqa: BLE001 - the request goes on
            report("beginning to time a request", error)
            return self.wsgi_app(environ, start_response)
        try:
            body = self.wsgi_app(environ, exchange.start)
        except BaseException as error:
            exchange.fail(error)
            raise
        exchange.returned = tick_ns()
        if exchange.request is None and exchange.status is not None:
            self._keeper.decide_late(exchange)
        if exchange.route is None and (
            exchange.request is not None or exchange.status is not None
        ):
            exchange.leave()
            return body
        return framed(exchange, body)

    def _look_at_wrapper(self, exchange: Exchange) -> None:
        """Do what is seldom needed: in the first request, and on some servers."""
        with self._lock:
            if self._usual_wrapper is _UNKNOWN:
                self._keeper.prepare()
                self._usual_wrapper = None
        wrapper = exchange.environ.get("wsgi.file_wrapper")
        if isinstance(wrapper, type):
            self._usual_wrapper = wrapper
        elif wrapper is not None:
            exchange.environ["wsgi.file_wrapper"] = _noting(wrapper, exchange)


def _noting(wrapper: Callable[..., Any], exchange: Exchange) -> Callable[..., Any]:
    """Note what a file wrapper gives; it is no class that could be recognised."""

    def file_wrapper(*args: Any) -> Any:
        exchange.file = wrapper(*args)
        return exchange.file

    return file_wrapper
