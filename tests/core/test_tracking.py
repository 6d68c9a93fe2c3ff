from __future__ import annotations

import threading

import pytest
from flask import Flask, request
from hosting import install, measured, names, only, raw, state

import flask_profiler


def test_init_app_tracks_the_endpoints_declared_so_far(app: Flask) -> None:
    app.get("/early")(lambda: "early")
    install(app)
    app.get("/late", endpoint="late")(lambda: "late")
    client = app.test_client()
    client.get("/early")
    client.get("/late")
    assert names(app) == ["/early"]


@pytest.mark.parametrize("bare", [False, True])
def test_a_decorated_view_is_tracked_wherever_it_is_declared(
    app: Flask, bare: bool
) -> None:
    decorate = flask_profiler.profile if bare else flask_profiler.profile()
    early = decorate(lambda: "early")
    app.get("/before", endpoint="before")(early)
    install(app)
    app.get("/after", endpoint="after")(decorate(lambda: "after"))
    client = app.test_client()
    client.get("/before")
    client.get("/after")
    assert names(app) == ["/before", "/after"]


def test_the_arguments_that_1x_ignored_are_ignored(app: Flask) -> None:
    app.get("/")(flask_profiler.profile("some", name="thing")(lambda: "ok"))
    install(app)
    app.test_client().get("/")
    assert names(app) == ["/"]


def test_a_decorated_view_is_tracked_when_before_request_answers(app: Flask) -> None:
    app.before_request(lambda: ("no", 401))
    install(app)
    app.get("/late")(flask_profiler.profile()(lambda: "never"))
    app.test_client().get("/late")
    assert only(app).status == 401


def test_a_decorated_view_hidden_by_another_decorator_is_tracked_when_called(
    app: Flask,
) -> None:
    inner = flask_profiler.profile()(lambda: "inner")
    install(app)

    @app.get("/late")
    def hides() -> str:
        return str(inner())

    app.test_client().get("/late")
    found = only(app)
    assert (found.name, found.endpoint, found.status) == ("/late", "hides", 200)


def test_a_decorated_view_works_without_a_profiler(app: Flask) -> None:
    view = flask_profiler.profile()(lambda: "plain")
    app.get("/")(view)
    assert app.test_client().get("/").text == "plain"
    assert view() == "plain"


def test_a_decorated_view_works_while_the_profiler_is_off(app: Flask) -> None:
    app.get("/")(flask_profiler.profile()(lambda: "plain"))
    install(app, enabled=False)
    assert app.test_client().get("/").text == "plain"


def test_the_class_tracks_endpoints_declared_after_it(app: Flask) -> None:
    flask_profiler.Profiler()
    install(app, flask_profiler.Profiler)
    app.get("/late")(lambda: "late")
    app.test_client().get("/late")
    assert only(app).name == "/late"


def test_one_profiler_object_serves_several_applications() -> None:
    profiler = flask_profiler.Profiler()
    one, other = Flask("one"), Flask("other")
    for app in (one, other):
        install(app, profiler.init_app)
        app.get("/")(lambda: request.host)
    one.test_client().get("/")
    assert (len(measured(one)), len(measured(other))) == (1, 0)


def test_first_requests_from_many_threads_are_each_measured_once(app: Flask) -> None:
    gate = threading.Barrier(8)
    install(app, flask_profiler.Profiler)

    @app.get("/<sku>")
    def view(sku: str) -> str:
        return sku

    def run(number: int) -> None:
        gate.wait(5)
        assert raw(app, f"/{number}").read() == b"%d" % number

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(m.kwargs["sku"] for m in measured(app)) == list("01234567")


def test_two_applications_use_their_own_configuration() -> None:
    one, other = Flask("one"), Flask("other")
    for app in (one, other):
        app.get("/a", endpoint="a")(lambda: "a")
        app.get("/b", endpoint="b")(lambda: "b")
    install(one, ignore=["^/a"])
    install(other, ignore=["^/b"], unmatched=True)
    for app in (one, other):
        for path in ("/a", "/b", "/c"):
            app.test_client().get(path)
    assert names(one) == ["/b"]
    assert names(other) == ["/a", "(unmatched)"]


def test_a_second_init_app_warns_and_changes_nothing(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    app.get("/")(lambda: "once")
    install(app)
    first = state(app)
    flask_profiler.init_app(app)
    flask_profiler.Profiler(app)
    assert "installed in 'host' already" in caplog.text
    assert state(app) is first
    app.test_client().get("/")
    assert len(measured(app)) == 1
