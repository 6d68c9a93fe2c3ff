"""From an exchange to a line of the spool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_profiler.instrument.exchange import UNKNOWN, Exchange
from flask_profiler.instrument.routes import Route
from flask_profiler.plain import plain
from flask_profiler.redaction import REDACTED, Names
from flask_profiler.request_context import Capture
from flask_profiler.spool.line import Line

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from flask_profiler.config import Config
    from flask_profiler.measurement import Json
    from flask_profiler.recorder import Recorder

_METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)
_OTHER_METHOD = "(other)"
"""Anybody can make methods up, and each would be a route of its own."""

_MOST_CODES = 200
_CODES: dict[str | None, int] = {}


class Lines:
    """Write what is known of finished exchanges to the recorder. Any thread."""

    __slots__ = ("_capture", "_recorder", "names")

    def __init__(self, config: Config, recorder: Recorder, names: Names) -> None:
        self.names = names
        self._capture = Capture(config.capture, self.names)
        self._recorder = recorder

    def record(self, exchange: Exchange, route: Route, completed: int) -> None:
        """Record an exchange that was complete at a tick."""
        environ = exchange.environ
        recorder = self._recorder
        started_us = exchange.started_ns // 1000
        status = exchange.status
        code = _CODES.get(status) or _code(status)
        kwargs = exchange.kwargs
        line = Line(
            recorder.uids.make(started_us),
            started_us,
            _phases(exchange, completed),
            environ.get("REQUEST_METHOD", "GET"),
            route.name,
            recorder.pid,
            recorder.host,
            endpoint=route.endpoint,
            status=code,
            error=exchange.escaped or (code or 0) >= 500,
            size=None if exchange.size == UNKNOWN else exchange.size,
            raised=exchange.raised,
            url=self._capture.url(environ),
            headers=self._capture.headers(environ),
            ip=environ.get("REMOTE_ADDR"),
        )
        if kwargs:
            line.kwargs = self._arguments(kwargs, route)
        if route.special:
            self._complete_special(line, route, kwargs or {}, environ)
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ:
            self._add_content(line, exchange)
        recorder.record(line)

    def _arguments(self, kwargs: dict[str, Any], route: Route) -> dict[str, Json]:
        if route.secrets:
            kwargs = {**kwargs, **dict.fromkeys(route.secrets, REDACTED)}
        for value in kwargs.values():
            if type(value) is not str:
                names = self.names
                return {name: plain(value, names) for name, value in kwargs.items()}
        return kwargs

    def _complete_special(
        self,
        line: Line,
        route: Route,
        kwargs: dict[str, Any],
        environ: WSGIEnvironment,
    ) -> None:
        if route.secrets:
            path = route.path(kwargs, self.names)
            line.url = self._capture.url(environ, path)
        elif line.method not in _METHODS:
            line.method = _OTHER_METHOD

    def _add_content(self, line: Line, exchange: Exchange) -> None:
        content = self._capture.content(
            exchange.environ, exchange.request, streamed=exchange.streamed
        )
        line.form = content.form
        line.body = content.body


def _phases(exchange: Exchange, completed: int) -> tuple[int, int, int, int]:
    """Cut the time at whole microseconds, so that the phases add up exactly."""
    began = exchange.began
    returned = exchange.returned if exchange.streamed else completed
    view_began = exchange.view_began or returned
    view_ended = exchange.view_ended or returned
    returned = max(returned, view_ended)  # a lazy middleware returns before the view
    before = (view_began - began) // 1000
    in_view = (view_ended - began) // 1000 - before
    until_return = (returned - began) // 1000
    stream = (completed - began) // 1000 - until_return if exchange.streamed else 0
    return before, in_view, until_return - before - in_view, stream


def _code(status: str | None) -> int | None:
    """Give the number of a status line; remember that of the usual ones."""
    code = int(status[:3]) if status and status[:3].isdecimal() else None
    if status and code and len(_CODES) < _MOST_CODES:
        _CODES[status] = code
    return code
