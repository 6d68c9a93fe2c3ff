from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Flask, abort, request
from flask.views import MethodView, View
from hosting import install, measured, only, state
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client


def test_a_view_is_timed_under_its_rule_and_endpoint(app: Flask) -> None:
    @app.get("/product/<sku>")
    def product(sku: str) -> str:
        time.sleep(0.02)
        return sku

    install(app)
    assert app.test_client().get("/product/7").text == "7"
    found = only(app)
    assert (found.method, found.name, found.endpoint) == (
        "GET",
        "/product/<sku>",
        "product",
    )
    assert (found.status, found.error, found.raised, found.size) == (
        200,
        False,
        None,
        1,
    )
    assert found.kwargs == {"sku": "7"}
    assert found.phases is not None
    assert found.phases.view >= 20_000
    assert found.phases.stream == 0
    assert found.phases.total == found.elapsed_us
    assert found.context.func == "product"
    assert abs(found.started_at - time.time()) < 60


def test_class_based_views_keep_what_flask_looks_at(app: Flask) -> None:
    class Items(MethodView):
        def get(self) -> str:
            return "got"

        def post(self) -> str:
            return "posted"

    class Plain(View):
        methods = ("GET", "POST")
        provide_automatic_options = False

        def dispatch_request(self) -> str:
            return "plain"

    app.add_url_rule("/items", view_func=Items.as_view("items"))
    app.add_url_rule("/plain", view_func=Plain.as_view("plain"))
    before = {name: vars(view) for name, view in app.view_functions.items()}
    install(app)
    for name in ("items", "plain"):
        after = vars(app.view_functions[name])
        kept = {key: after[key] for key in before[name]}
        assert kept == before[name]
    client = app.test_client()
    assert client.get("/items").text == "got"
    assert client.post("/items").text == "posted"
    assert client.get("/plain").text == "plain"
    assert [(m.method, m.name) for m in measured(app)] == [
        ("GET", "/items"),
        ("POST", "/items"),
        ("GET", "/plain"),
    ]


def test_views_of_nested_blueprints_carry_their_whole_prefix(app: Flask) -> None:
    inner = Blueprint("inner", __name__, url_prefix="/inner")
    outer = Blueprint("outer", __name__, url_prefix="/outer")

    @inner.get("/<int:n>")
    def number(n: int) -> str:
        return str(n)

    outer.register_blueprint(inner)
    app.register_blueprint(outer)
    install(app)
    assert app.test_client().get("/outer/inner/3").text == "3"
    found = only(app)
    assert found.name == "/outer/inner/<int:n>"
    assert found.endpoint == "outer.inner.number"
    assert found.kwargs == {"n": 3}


def test_host_matching_is_left_as_it_is() -> None:
    app = Flask("host", host_matching=True, static_host="static.example")

    @app.get("/", host="<shop>.example")
    def index(shop: str) -> str:
        return shop

    install(app)
    answer = app.test_client().get("/", base_url="http://books.example")
    assert answer.text == "books"
    found = only(app)
    assert found.kwargs == {"shop": "books"}
    assert found.context.url == "http://books.example/"


def test_a_mounted_application_is_timed_with_the_url_of_its_mount(app: Flask) -> None:
    app.get("/x")(lambda: request.path)
    install(app)
    outer = DispatcherMiddleware(Flask("outer"), {"/mount": app})
    assert Client(outer).get("/mount/x?a=1").text == "/x"
    found = only(app)
    assert found.name == "/x"
    assert found.context.url == "http://localhost/mount/x?a=1"


def test_the_static_route_is_tracked(app: Flask, tmp_path: Any) -> None:
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "a.txt").write_text("hello")
    app = Flask("host", static_folder=str(folder), static_url_path="/static")
    install(app)
    with app.test_client().get("/static/a.txt") as answer:
        assert answer.data == b"hello"
    found = only(app)
    assert (found.name, found.size) == ("/static/<path:filename>", 5)


def test_wrapped_views_can_be_called_without_a_request(app: Flask) -> None:
    app.get("/")(lambda: "direct")
    install(app)
    assert app.test_client().get("/").text == "direct"
    assert app.view_functions["<lambda>"]() == "direct"
    assert len(measured(app)) == 1


def test_a_request_context_without_the_rim_is_not_measured(app: Flask) -> None:
    app.get("/")(lambda: "direct")
    install(app)
    with app.test_request_context("/"):
        app.preprocess_request()
        assert app.dispatch_request() == "direct"
    assert measured(app) == []


def test_the_note_is_taken_before_any_preprocessor_that_answers_itself(
    app: Flask,
) -> None:
    app.url_value_preprocessor(lambda _endpoint, _values: abort(410))
    app.get("/")(lambda: "never")
    install(app)
    assert app.test_client().get("/").status_code == 410
    found = only(app)
    assert found.status == 410
    assert found.phases is not None
    assert found.phases.view == 0


def test_a_rule_may_be_added_for_a_view_that_is_tracked_already(app: Flask) -> None:
    def view() -> str:
        return "same"

    app.add_url_rule("/a", view_func=view)
    install(app)
    app.add_url_rule("/b", view_func=view)
    app.test_client().get("/b")
    assert only(app).name == "/b"


def test_the_tracker_keeps_one_decision_a_rule(app: Flask) -> None:
    app.get("/<sku>")(lambda sku: sku)
    install(app)
    client = app.test_client()
    for number in range(5):
        client.get(f"/{number}")
    assert len(app.wsgi_app._keeper._routes) == 2  # type: ignore[attr-defined]
    assert state(app).recorder is not None
