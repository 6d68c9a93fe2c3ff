from __future__ import annotations

import pytest
from flask import Flask, request
from hosting import install, measured, names, only, raw

import flask_profiler


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
