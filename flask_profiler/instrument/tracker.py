"""What happens to the requests of one application, from the route to the spool."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import current_app

from flask_profiler.guard import report
from flask_profiler.instrument.routes import UNMATCHED, Route, route_of
from flask_profiler.instrument.views import (
    begin_under,
    current_request,
    is_decorated,
    is_timed,
    timed,
)
from flask_profiler.sampling import sampled_out

if TYPE_CHECKING:
    from collections.abc import Container

    from flask import Request
    from werkzeug.routing import Rule

    from flask_profiler.config import Config
    from flask_profiler.instrument.exchange import Exchange
    from flask_profiler.instrument.lines import Lines

_UNMATCHED = Route(UNMATCHED, None)


class Tracker:
    """Decide which requests of an application are measured, and have them recorded.

    A view is wrapped when the first request for its rule comes: until then Flask takes
    another rule for the same view only as long as it finds the view itself.
    """

    def __init__(
        self,
        key: str,
        config: Config,
        lines: Lines,
        endpoints: Container[str] | None,
    ) -> None:
        self._key = key
        self._ignore = config.ignore
        self._sampling = config.sampling_function
        self._unmatched = _UNMATCHED if config.unmatched else None
        self._names = lines.names
        self.record = lines.record
        self._begin_view = partial(begin_under, key)
        self._endpoints = endpoints
        """Those that are tracked; `None`: all, also those declared later."""
        self._routes: dict[tuple[str, str], Route] = {}

    def note(self, _endpoint: str | None, _view_args: dict[str, Any] | None) -> None:
        """Note the request and its route, before anything of the application runs."""
        try:
            current = current_request()
            exchange: Exchange | None = current.environ.get(self._key)
            if exchange is None or exchange.noted:
                return
            exchange.noted = True
            exchange.environ = current.environ
            exchange.request = current
            if current.view_args:
                exchange.kwargs = dict(current.view_args)
            route: Route | None = None
            if (rule := current.url_rule) is not None:
                route = self._routes.get((rule.endpoint, rule.rule))
            if route is None or not route.tracked or current.method == "OPTIONS":
                route = self._route_to_measure(exchange, current)
            if route is None or (self._sampling and sampled_out(self._sampling)):
                return
            exchange.route = route
        except Exception as error:  # noqa: BLE001 - the request goes on
            report("noting a request", error)

    def adopt(self, exchange: Exchange) -> None:
        """Have a request measured because a decorated view is called in it."""
        exchange.adoptable = False
        rule = exchange.request.url_rule if exchange.request else None
        if rule is None or sampled_out(self._sampling):
            return
        exchange.route = self._routes[rule.endpoint, rule.rule]
        exchange.route.tracked = True

    def _route_to_measure(self, exchange: Exchange, current: Request) -> Route | None:
        rule = current.url_rule
        if rule is None:
            return self._unmatched
        route = self._routes.get((rule.endpoint, rule.rule)) or self._first_seen(rule)
        if route.automatic_options and current.method == "OPTIONS":
            return self._unmatched
        if route.tracked:
            return route
        exchange.adoptable = not route.ignored
        return None

    def _first_seen(self, rule: Rule) -> Route:
        route = route_of(rule, self._ignore, self._names)
        views = current_app.view_functions
        view = views.get(rule.endpoint)
        route.tracked = not route.ignored and (
            self._endpoints is None
            or rule.endpoint in self._endpoints
            or is_decorated(view)
        )
        if route.tracked and view is not None and not is_timed(view):
            views[rule.endpoint] = timed(view, self._begin_view)
        self._routes[rule.endpoint, rule.rule] = route
        return route
