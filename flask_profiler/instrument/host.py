"""What an application may do beside calling its views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

from flask import Flask

from flask_profiler.guard import shielded

if TYPE_CHECKING:
    from flask_profiler.instrument.views import View

_STEPS = ("full_dispatch_request", "preprocess_request", "dispatch_request")


def may_answer_before_the_view(app: Flask) -> bool:
    """Tell whether a request may be answered, or changed, before its view is called."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    return (
        not endpoints <= app.view_functions.keys()
        or any(app.before_request_funcs.values())
        or any(app.url_value_preprocessors.values())
        or any(vars(app).get(step) for step in _STEPS)
        or any(getattr(type(app), step) is not getattr(Flask, step) for step in _STEPS)
    )


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
