"""An application that goes on changing after its first request is still measured."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import flask
import pytest
from hosting import environ, install, measured, only, raw

import flask_profiler

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def later_before_request(app: Flask) -> None:
    app.before_request_funcs[None] = [lambda: ("no", 401)]


def other_views(app: Flask) -> None:
    app.view_functions = {**app.view_functions, "view": lambda: ("other", 203)}


def patched_dispatch(app: Flask) -> None:
    app.dispatch_request = lambda: flask.Response("patched", 202)  # type: ignore[method-assign]


def without_its_view(app: Flask) -> None:
    del app.view_functions["view"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (later_before_request, 401),
        (other_views, 203),
        (patched_dispatch, 202),
        (without_its_view, 500),
    ],
)
def test_what_answers_instead_of_the_view_is_measured_from_the_next_request_on(
    app: Flask, change: Callable[[Flask], None], status: int
) -> None:
    app.get("/")(flask_view)
    install(app)
    client = app.test_client()
    client.get("/")
    change(app)
    assert [client.get("/").status_code for _ in range(2)] == [status] * 2
    assert [m.status for m in measured(app)] == [200, status, status]


def flask_view() -> str:
    return "view"


flask_view.__name__ = "view"


def test_views_stay_in_the_mapping_that_the_application_had(app: Flask) -> None:
    app.get("/")(flask_view)
    before = app.view_functions
    install(app)
    client = app.test_client()
    client.get("/")
    before["view"] = lambda: "patched"
    assert client.get("/").text == "patched"
    assert client.get("/").text == "patched"
    assert copy.deepcopy(app.view_functions).keys() == before.keys()
    assert next(m.phases.view > 0 for m in measured(app) if m.phases)
    assert len(measured(app)) == 3


def test_arguments_are_those_of_the_url_whoever_calls_a_decorated_function(
    app: Flask,
) -> None:
    inner = flask_profiler.profile()(lambda value: "ok")
    install(app)
    app.add_url_rule("/reset/<token>", "reset", lambda token: inner(value=token))
    app.test_client().get("/reset/SECRET")
    assert only(app).kwargs == {"token": "[redacted]"}


def test_a_view_that_calls_a_tracked_one_is_not_tracked_by_that(app: Flask) -> None:
    app.get("/product/<int:n>", endpoint="product")(lambda n: "p")
    install(app)
    app.get("/late")(lambda: app.view_functions["product"](n=5))
    assert app.test_client().get("/late").text == "p"
    assert measured(app) == []


@pytest.mark.parametrize("value", [None, 5, b"http://x/?token=SECRET"])
@pytest.mark.parametrize("key", ["HTTP_REFERER", "HTTP_X_ORIGINAL_URL"])
def test_a_header_that_is_no_text_fails_no_measurement(
    app: Flask, key: str, value: Any
) -> None:
    app.get("/")(flask_view)
    install(app)
    raw(app, {**environ("/"), key: value}).read()
    assert "SECRET" not in repr(only(app))


def test_a_key_of_the_environment_that_is_no_text_fails_no_measurement(
    app: Flask,
) -> None:
    app.get("/")(flask_view)
    install(app)
    raw(app, {**environ("/"), 5: "five"}).read()
    assert only(app).status == 200


def test_a_path_in_a_header_has_no_secrets(app: Flask) -> None:
    app.get("/")(flask_view)
    install(app)
    made = {**environ("/"), "HTTP_X_ENVOY_ORIGINAL_PATH": "/old?token=SECRET&a=1"}
    raw(app, made).read()
    headers = only(app).context.headers
    assert headers["X-Envoy-Original-Path"] == "/old?token=[redacted]&a=1"


def test_an_unmatched_request_keeps_no_arguments(app: Flask) -> None:
    app.get("/reset/<token>/")(lambda token: token)
    install(app, unmatched=True)
    app.test_client().options("/reset/SECRET/")
    found = only(app)
    assert (found.name, found.kwargs) == ("(unmatched)", {})


def test_shapes_of_requests_with_endless_names_are_not_remembered(app: Flask) -> None:
    app.get("/")(flask_view)
    install(app)
    for number in range(3):
        raw(app, {**environ("/"), f"HTTP_{number}_{'X' * 9000}": "v"}).read()
    taken = app.wsgi_app._keeper.record.__self__._capture.taken  # type: ignore[attr-defined]
    assert len(taken.__self__._shapes) == 0
    assert len(measured(app)) == 3
