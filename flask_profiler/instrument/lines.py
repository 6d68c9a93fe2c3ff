"""From an exchange to a line of the spool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_profiler.instrument.exchange import UNKNOWN, Exchange
from flask_profiler.instrument.routes import UNMATCHED, Route
from flask_profiler.plain import plain
from flask_profiler.redaction import REDACTED, Names
from flask_profiler.request_context import Capture
from flask_profiler.spool.line import Line

if TYPE_CHECKING:
    from flask_profiler.config import Config
    from flask_profiler.measurement import Json
    from flask_profiler.recorder import Recorder

_METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)
_OTHER_METHOD = "(other)"
"""Anybody can make methods up, and each would be a route of its own."""


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
        kwargs = exchange.kwargs or {}
        status = exchange.status
        code = int(status[:3]) if status and status[:3].isdecimal() else None
        recorder = self._recorder
        capture = self._capture
        started_us = exchange.started_ns // 1000
        content = capture.content(environ, exchange.request, streamed=exchange.streamed)
        path = route.path(kwargs, self.names) if route.secrets else None
        recorder.record(
            Line(
                uid=recorder.uids.make(started_us),
                started=started_us,
                phases=_phases(exchange, completed),
                method=_method(environ.get("REQUEST_METHOD", "GET"), route),
                name=route.name,
                pid=recorder.pid,
                host=recorder.host,
                endpoint=route.endpoint,
                status=code,
                error=exchange.escaped or (code is not None and code >= 500),
                size=None if exchange.size == UNKNOWN else exchange.size,
                raised=exchange.raised,
                kwargs=self._arguments(kwargs, route) if kwargs else {},
                url=capture.url(environ, path),
                headers=capture.headers(environ),
                form=content.form,
                body=content.body,
                ip=environ.get("REMOTE_ADDR"),
            )
        )

    def _arguments(self, kwargs: dict[str, Any], route: Route) -> dict[str, Json]:
        names = self.names
        return {
            name: REDACTED
            if name in route.secrets
            else value
            if type(value) is str
            else plain(value, names)
            for name, value in kwargs.items()
        }


def _phases(exchange: Exchange, completed: int) -> tuple[int, int, int, int]:
    """Cut the time at whole microseconds, so that the phases add up exactly."""
    began = exchange.began
    returned = exchange.returned if exchange.streamed else completed
    view_began = exchange.view_began or returned
    view_ended = exchange.view_ended or returned
    returned = max(returned, view_ended)  # a lazy middleware returns before the view
    before = (view_began - began) // 1000
    until_view_end = (view_ended - began) // 1000
    until_return = (returned - began) // 1000
    return (
        before,
        until_view_end - before,
        until_return - until_view_end,
        (completed - began) // 1000 - until_return,
    )


def _method(method: str, route: Route) -> str:
    if route.name == UNMATCHED and method not in _METHODS:
        return _OTHER_METHOD
    return method
