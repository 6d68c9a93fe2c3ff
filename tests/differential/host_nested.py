"""Answers for which the application is entered again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from asked import INSIDE, Log
from flask import Flask, Response, current_app, request
from host_views import guarded, order


def nested_answers(app: Flask, log: Log) -> dict[str, Callable[[], Any]]:
    """Give those answers by name."""
    return {
        "other view": lambda: "with " + app.view_functions["other"](),
        "own client": lambda: _asked_again(app, log),
        "by hand": lambda: _in_hand_made_context(app, log),
        "again": lambda: _through_again(app, log),
    }


def _asked_again(app: Flask, log: Log) -> str:
    asked = replace(order(), answer="stream", read="data", acts=frozenset())
    client = app.test_client()
    overrides = {"test.asked": asked}
    path = f"/again/7?id={asked.number + INSIDE}"
    got = client.post(path, data=b"inside", environ_overrides=overrides)
    log.append(("inside", "/again/<int:number>", "POST", got.status_code))
    log.append((list(got.headers), got.data))
    return f"{got.status} {request.path}"


def _through_again(app: Flask, log: Log) -> Response:
    number = order().number + INSIDE
    made = dict(request.environ, PATH_INFO="/other", QUERY_STRING=f"id={number}")
    status = 500
    try:
        response = Response.from_app(app.wsgi_app, made, buffered=True)
        status = response.status_code
    finally:
        log.append(("inside", "/other", request.method, status))
    return response


def _in_hand_made_context(app: Flask, log: Log) -> str:
    with app.test_request_context("/again/9?by=hand"):
        log.append(("by hand", request.path, request.endpoint))
        log.append(("preprocessed", guarded(app.preprocess_request)))
    with app.app_context():
        log.append(("application", current_app.name, request.path))
    return request.path
