"""From an exchange to a line of the spool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_profiler.instrument.exchange import Exchange
from flask_profiler.instrument.routes import Route
from flask_profiler.line.format import Line, Seen
from flask_profiler.plain import plain
from flask_profiler.redaction import REDACTED, Names
from flask_profiler.request_context import Capture

if TYPE_CHECKING:
    from flask_profiler.config import Config
    from flask_profiler.recorder import Recorder
    from flask_profiler.request_context.environs import Shape

_MOST_CODES = 200
_PLAIN = frozenset({str, int})
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
        shape, values = self._capture.taken(environ)
        query = environ.get("QUERY_STRING", "")
        view = exchange.view_began, exchange.view_ended
        returned = exchange.returned if exchange.streamed else completed
        status = exchange.status
        code = _CODES.get(status) or _code(status)
        line = Line(
            exchange.started_ns // 1000,
            (exchange.began, *view, returned, completed),
            next(recorder.counter),
            recorder.process,
            route.as_json[environ.get("REQUEST_METHOD", "GET")],
            code,
            exchange.size,
            exchange.escaped or (code or 0) >= 500,
            query and self.names.query(query),
            exchange.kwargs or {},
            Seen(shape.names, values, shape.redacted),
        )
        if route.secrets or not _PLAIN.issuperset(map(type, line.kwargs.values())):
            self._mend_arguments(line, route, shape)
        if exchange.raised:
            line.seen.raised = exchange.raised
        if shape.has_body:
            self._add_content(line, exchange)
        recorder.record(line)

    def _mend_arguments(self, line: Line, route: Route, shape: Shape) -> None:
        names, kwargs = self.names, line.kwargs
        if route.secrets:
            path = route.path(kwargs, names)
            line.seen.values = shape.with_path(line.seen.values, path)
            kwargs = {**kwargs, **dict.fromkeys(route.secrets, REDACTED)}
        line.kwargs = {name: plain(value, names) for name, value in kwargs.items()}

    def _add_content(self, line: Line, exchange: Exchange) -> None:
        content = self._capture.content(
            exchange.environ, exchange.request, streamed=exchange.streamed
        )
        line.seen.form = content.form
        line.seen.body = content.body


def _code(status: str | None) -> int | None:
    """Give the number of a status line; remember that of the usual ones."""
    code = int(status[:3]) if status and status[:3].isdecimal() else None
    if status and code and len(_CODES) < _MOST_CODES:
        _CODES[status] = code
    return code
