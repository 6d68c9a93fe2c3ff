from __future__ import annotations

import logging
import re
import threading
from typing import Any

import pytest
from flask import Flask, request
from hosting import install, measured, only, raw, state

import flask_profiler


def names(app: Flask) -> list[str]:
    return [m.name for m in measured(app)]


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

    @app.get("/<id>")
    def view(id: str) -> str:
        return id

    def run(number: int) -> None:
        gate.wait(5)
        assert raw(app, f"/{number}").read() == b"%d" % number

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(m.kwargs["id"] for m in measured(app)) == list("01234567")


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


def test_an_ignored_rule_is_neither_wrapped_nor_recorded(app: Flask) -> None:
    app.get("/static/something/", endpoint="something")(lambda: "quiet")
    view = app.view_functions["something"]
    install(app, ignore=["^/static/.*"])
    assert app.test_client().get("/static/something/").text == "quiet"
    assert app.view_functions["something"] is view
    assert measured(app) == []


def test_of_two_rules_of_an_endpoint_one_may_be_ignored(app: Flask) -> None:
    app.get("/seen", endpoint="both")(lambda: "x")
    app.add_url_rule("/hidden", endpoint="both")
    install(app, ignore=["hidden$"])
    client = app.test_client()
    for path in ("/hidden", "/seen", "/hidden"):
        client.get(path)
    assert names(app) == ["/seen"]


def test_a_decorated_view_can_be_ignored(app: Flask) -> None:
    install(app, ignore=["late"])
    app.get("/late")(flask_profiler.profile()(lambda: "x"))
    app.test_client().get("/late")
    assert measured(app) == []


def test_the_sampling_function_is_asked_once_a_request_in_its_context(
    app: Flask,
) -> None:
    asked: list[str] = []

    def sample() -> bool:
        asked.append(request.path)
        return request.path != "/out"

    inner = flask_profiler.profile()(lambda: "inner")
    app.get("/in", endpoint="in")(lambda: inner() + inner())
    app.get("/out", endpoint="out")(lambda: inner() + inner())
    install(app, sampling_function=sample)
    client = app.test_client()
    client.get("/in")
    client.get("/out")
    assert asked == ["/in", "/out"]
    assert names(app) == ["/in"]


def test_the_sampling_function_is_asked_for_a_view_found_late(app: Flask) -> None:
    answers = iter([False, True])
    inner = flask_profiler.profile()(lambda: "inner")
    install(app, sampling_function=lambda: next(answers))
    app.get("/late")(lambda: inner() + inner())
    client = app.test_client()
    client.get("/late")
    client.get("/late?second")
    assert only(app).context.args == {"second": ""}


@pytest.mark.swallows
def test_a_sampling_function_that_fails_leaves_the_request_measured(
    app: Flask, swallowed: list[BaseException]
) -> None:
    def sample() -> bool:
        raise RuntimeError("dice lost")

    app.get("/")(lambda: "fine")
    install(app, sampling_function=sample)
    assert app.test_client().get("/").text == "fine"
    assert only(app).status == 200
    assert str(swallowed[0]) == "dice lost"


def requests_that_match_nothing(app: Flask) -> None:
    app.get("/there", endpoint="there")(lambda: "here")
    app.get("/folder/", endpoint="folder")(lambda: "here")


def send_them(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/nowhere/1").status_code == 404
    assert client.get("/nowhere/2").status_code == 404
    assert client.post("/there").status_code == 405
    assert client.options("/there").status_code == 200
    assert client.get("/folder").status_code == 308
    raw(app, {**dict(client.get("/x").request.environ), "REQUEST_METHOD": "BREW"})


def test_what_matches_no_rule_is_not_recorded(app: Flask) -> None:
    requests_that_match_nothing(app)
    install(app)
    send_them(app)
    assert measured(app) == []


def test_what_matches_no_rule_is_recorded_under_one_name_if_wanted(app: Flask) -> None:
    requests_that_match_nothing(app)
    install(app, unmatched=True)
    send_them(app)
    found = measured(app)
    assert {(m.name, m.endpoint) for m in found} == {("(unmatched)", None)}
    assert [(m.method, m.status) for m in found] == [
        ("GET", 404),
        ("GET", 404),
        ("POST", 405),
        ("OPTIONS", 200),
        ("GET", 308),
        ("GET", 404),
        ("(other)", 404),
    ]
    assert found[0].context.url == "http://localhost/nowhere/1"


def test_unmatched_requests_can_be_sampled_out(app: Flask) -> None:
    install(app, unmatched=True, sampling_function=lambda: False)
    app.test_client().get("/nowhere")
    assert measured(app) == []


def test_a_view_that_answers_options_itself_is_recorded(app: Flask) -> None:
    app.route("/", methods=["OPTIONS"])(lambda: "mine")
    install(app)
    assert app.test_client().options("/").text == "mine"
    assert only(app).method == "OPTIONS"


def test_switched_off_nothing_is_wrapped_and_the_store_can_be_read(app: Flask) -> None:
    app.get("/")(lambda: "plain")
    views, wsgi_app = dict(app.view_functions), app.wsgi_app
    rules = list(app.url_map.iter_rules())
    install(app, enabled=False)
    assert app.view_functions == views
    assert app.wsgi_app == wsgi_app
    assert list(app.url_map.iter_rules()) == rules
    assert not app.url_value_preprocessors
    assert state(app).recorder is None
    assert state(app).storage.location.startswith("sqlite:")


def test_without_a_configuration_it_is_off_unless_in_debug(tmp_path: Any) -> None:
    quiet, loud = Flask("quiet"), Flask("loud")
    loud.debug = True
    for app in (quiet, loud):
        flask_profiler.init_app(app)
    assert state(quiet).recorder is None
    assert state(loud).recorder is not None


def test_the_configuration_may_stand_under_the_name_in_capitals(app: Flask) -> None:
    app.config["FLASK_PROFILER"] = {"enabled": True, "ignore": ["a"]}
    flask_profiler.init_app(app)
    assert state(app).config.ignore == (re.compile("a"),)


def test_a_wrong_configuration_fails_at_once_and_leaves_the_app_alone(
    app: Flask,
) -> None:
    wsgi_app = app.wsgi_app
    with pytest.raises(flask_profiler.ConfigError):
        install(app, sampling_function="not callable")
    assert app.wsgi_app == wsgi_app
    assert "flask_profiler" not in app.extensions


@pytest.mark.swallows
def test_a_failure_of_ours_leaves_the_answer_and_is_logged_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app.get("/")(lambda: "fine")
    install(app)
    app.test_client().get("/")

    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("ours")

    keeper = app.wsgi_app._keeper  # type: ignore[attr-defined]
    for name in ("record", "_routes"):
        with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
            patch.setattr(keeper, name, broken)
            for _ in range(3):
                assert app.test_client().get("/").text == "fine"
    for place in (
        "flask_profiler.instrument.rim.Exchange",
        "flask_profiler.instrument.bodies.Passed",
        "flask_profiler.instrument.views.tick_ns",
    ):
        with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
            patch.setattr(place, broken)
            for _ in range(3):
                assert app.test_client().get("/").text == "fine"
    assert caplog.text.count("flask_profiler failed while") == 5
