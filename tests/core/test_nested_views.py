from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from hosting import install, measured, only, raw

import flask_profiler


def test_a_view_that_calls_another_wrapped_view_is_one_request(app: Flask) -> None:
    @app.get("/inner")
    @flask_profiler.profile()
    def inner() -> str:
        return "inner"

    app.get("/outer")(lambda: inner() + app.view_functions["inner"]())
    install(app)
    assert app.test_client().get("/outer").text == "innerinner"
    assert only(app).name == "/outer"


def test_a_request_made_inside_a_view_is_measured_on_its_own(app: Flask) -> None:
    app.get("/inner", endpoint="inner")(lambda: "inner")
    app.get("/outer")(lambda: app.test_client().get("/inner").text)
    install(app)
    assert app.test_client().get("/outer").text == "inner"
    assert [m.name for m in measured(app)] == ["/outer", "/inner"]


def test_the_same_environment_may_go_through_the_application_again(app: Flask) -> None:
    app.get("/new")(lambda: "new")

    @app.get("/old")
    def old() -> Any:
        made = dict(request.environ, PATH_INFO="/new")
        return Response.from_app(app.wsgi_app, made)

    install(app)
    assert raw(app, "/old").read() == b"new"
    assert sorted(m.name for m in measured(app)) == ["/new", "/old"]


def test_a_view_that_is_decorated_and_wrapped_is_measured_once(app: Flask) -> None:
    app.get("/")(flask_profiler.profile()(lambda: "once"))
    install(app)
    app.test_client().get("/")
    assert len(measured(app)) == 1
