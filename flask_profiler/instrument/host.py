"""What an application may do beside calling its views."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from flask import Request
    from werkzeug.routing import Rule


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
