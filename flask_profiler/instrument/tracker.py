"""What happens to the requests of one application, from the route to the spool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import got_request_exception

from flask_profiler.clock import tick_ns
from flask_profiler.guard import report
from flask_profiler.instrument.host import may_answer_before_the_view, rule_of
from flask_profiler.instrument.routes import UNMATCHED, Route, route_of
from flask_profiler.instrument.views import (
    current_request,
    is_decorated,
    is_timed,
    timed,
)
from flask_profiler.sampling import sampled_out

if TYPE_CHECKING:
    from collections.abc import Container

    from flask import Flask, Request
    from werkzeug.routing import Rule

    from flask_profiler.config import Config
    from flask_profiler.instrument.exchange import Exchange
    from flask_profiler.instrument.lines import Lines

_UNMATCHED = Route(UNMATCHED, None)


class Tracker:
    """Decide which requests of an application are measured, and have them recorded.

    Views are wrapped when the first request comes: until then Flask takes another rule
    for the same view only as long as it finds the view itself. From then on it takes no
    more, but a view may still be put in another's place.
    """

    def __init__(
        self,
        app: Flask,
        key: str,
        config: Config,
        lines: Lines,
        endpoints: Container[str] | None,
    ) -> None:
        self._app = app
        self.key = key
        self._ignore = config.ignore
        self._sampling = config.sampling_function
        self._unmatched = _UNMATCHED if config.unmatched else None
        self._names = lines.names
        self.record = lines.record
        self._endpoints = endpoints
        """Those that are tracked; `None`: all, also those declared later."""
        self._routes: dict[int, Route] = {}
        """By the identity of their rules, which they keep alive."""
        self._tracked: set[str] = set()
        """Endpoints with a rule that is tracked."""

    def prepare(self) -> None:
        """Wrap the views that are to be timed, now that all are declared."""
        app = self._app
        for rule in app.url_map.iter_rules():
            self._route_of(rule)
        if self._sampling or self._unmatched or may_answer_before_the_view(app):
            app.url_value_preprocessors.setdefault(None, []).insert(0, self._note)
        got_request_exception.connect(self._note_failed, app)

    def begin(self, *, adopting: bool = False) -> Exchange | None:
        """Begin a view's phase; `None` where there is nothing to time, or it began."""
        try:
            current = current_request()
        except RuntimeError:
            return None  # called outside of a request
        try:
            exchange: Exchange | None = current.environ.get(self.key)
            if exchange is None or exchange.view_began:
                return None
            if exchange.request is None:
                arguments = dict(current.view_args or ())
                self._decide(exchange, current, arguments, current.url_rule)
            if adopting and exchange.adoptable:
                self._adopt(exchange)
            if exchange.route is None:
                return None
            exchange.view_began = tick_ns()
        except Exception as error:  # noqa: BLE001 - the view is called all the same
            report("beginning to time a view", error)
            return None
        return exchange

    def _note(self, _endpoint: str | None, view_args: dict[str, Any] | None) -> None:
        """Decide on a request before anything of the application runs.

        Needed where something else may answer, or take arguments away, and where the
        sampling function may look at the request: it costs as much as all the rest of
        deciding.
        """
        try:
            current = current_request()
            exchange: Exchange | None = current.environ.get(self.key)
            if exchange is not None and exchange.request is None:
                kwargs = dict(view_args or {})
                self._decide(exchange, current, kwargs, current.url_rule)
                self._wrap(current.url_rule)
        except Exception as error:  # noqa: BLE001 - the request goes on
            report("noting a request", error)

    def _note_failed(self, app: Flask, **_: object) -> None:
        """Decide on a request that an exception ends before anything else could."""
        try:
            current = current_request()
            exchange: Exchange | None = current.environ.get(self.key)
            if exchange is not None and exchange.request is None:
                rule, arguments = rule_of(app, current)
                self._decide(exchange, current, arguments, rule)
        except Exception as error:  # noqa: BLE001 - the request goes on
            report("noting a request that failed", error)

    def decide_late(self, exchange: Exchange) -> None:
        """Decide on a request that was answered before anything of ours was called."""
        try:
            if "werkzeug.request" in exchange.environ:  # Flask was there, and left
                make = self._app.request_class
                current = make(exchange.environ, populate_request=False)
                rule, arguments = rule_of(self._app, current)
                self._decide(exchange, current, arguments, rule)
                self._wrap(rule)
        except Exception as error:  # noqa: BLE001 - the request goes on
            report("noting a request that was answered early", error)

    def _decide(
        self,
        exchange: Exchange,
        current: Request,
        kwargs: dict[str, Any],
        rule: Rule | None,
    ) -> None:
        exchange.request = current
        exchange.environ = current.environ
        exchange.kwargs = kwargs
        route = self._routes.get(id(rule))
        if route is None or not route.plain or current.method == "OPTIONS":
            route = self._route_to_measure(exchange, current.method, rule)
        exchange.route = route
        if route is not None and route is self._unmatched:
            exchange.kwargs = {}  # of a rule whose secrets nobody would redact

    def _adopt(self, exchange: Exchange) -> None:
        """Have a request measured because a decorated view is called in it."""
        exchange.adoptable = False
        rule = exchange.request.url_rule if exchange.request else None
        if rule is None or sampled_out(self._sampling):
            return
        route = exchange.route = self._route_of(rule)
        route.tracked, route.plain = True, not self._sampling

    def _route_to_measure(
        self, exchange: Exchange, method: str, rule: Rule | None
    ) -> Route | None:
        route = self._unmatched
        if rule is not None:
            route = self._route_of(rule)
            if route.automatic_options and method == "OPTIONS":
                route = self._unmatched
            elif not route.tracked:
                exchange.adoptable = not route.ignored
                return None
        return None if route is None or sampled_out(self._sampling) else route

    def _route_of(self, rule: Rule) -> Route:
        return self._routes.get(id(rule)) or self._first_seen(rule)

    def _first_seen(self, rule: Rule) -> Route:
        route = route_of(rule, self._ignore, self._names)
        view = self._app.view_functions.get(rule.endpoint)
        route.tracked = not route.ignored and (
            self._endpoints is None
            or rule.endpoint in self._endpoints
            or is_decorated(view)
        )
        if route.tracked:
            self._tracked.add(rule.endpoint)
            self._wrap(rule)
        route.plain = route.tracked and not self._sampling
        self._routes[id(rule)] = route
        return route

    def _wrap(self, rule: Rule | None) -> None:
        """Wrap the view of a rule, unless it is; another may have been put there."""
        if rule is not None and rule.endpoint in self._tracked:
            views = self._app.view_functions
            view = views.get(rule.endpoint)
            if view is not None and not is_timed(view, self.begin):
                views[rule.endpoint] = timed(view, self.begin)
