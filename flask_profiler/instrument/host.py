"""What an application may do beside calling its views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from flask import Flask
from werkzeug.exceptions import HTTPException

from flask_profiler.guard import shielded

if TYPE_CHECKING:
    from flask import Request
    from werkzeug.routing import Rule

    from flask_profiler.instrument.views import View

_STEPS = ("full_dispatch_request", "preprocess_request", "dispatch_request")


def may_answer_before_the_view(app: Flask) -> bool:
    """Tell whether a request may be answered, or changed, before its view is called."""
    return (
        any(app.before_request_funcs.values())
        or any(app.url_value_preprocessors.values())
        or any(vars(app).get(step) for step in _STEPS)
        or any(getattr(type(app), step) is not getattr(Flask, step) for step in _STEPS)
    )


def rule_of(app: Flask, current: Request) -> tuple[Rule | None, dict[str, Any]]:
    """Give the rule and the arguments of a request, also if Flask didn't get so far."""
    if current.url_rule is None and current.routing_exception is None:
        adapter = app.create_url_adapter(current)
        if adapter is not None:
            with suppress(HTTPException):
                rule, arguments = adapter.match(return_rule=True)
                return rule, dict(arguments)
    return current.url_rule, dict(current.view_args or {})


class Views(dict[str, "View"]):
    """The views of an application; one that is put in later is wrapped as well."""

    def __init__(
        self, views: Mapping[str, View], wrapped: Callable[[str, View], View]
    ) -> None:
        super().__init__(views)
        self._wrapped = wrapped

    def __setitem__(self, endpoint: str, view: View) -> None:
        with shielded("wrapping a view"):
            view = self._wrapped(endpoint, view)
        super().__setitem__(endpoint, view)

    def setdefault(self, endpoint: str, view: Any = None) -> Any:
        """Give the view of an endpoint, or put this one in."""
        if endpoint not in self:
            self[endpoint] = view
        return self[endpoint]

    def update(self, *views: Any, **named: View) -> None:
        """Put in several."""
        for endpoint, view in dict(*views, **named).items():
            self[endpoint] = view

    def __ior__(self, views: Any) -> Self:  # type: ignore[override,misc]
        self.update(views)
        return self
