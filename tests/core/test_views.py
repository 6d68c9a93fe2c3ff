from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

import flask
import pytest
from flask import Blueprint, Flask, Response, abort, request
from flask.views import MethodView, View
from hosting import install, measured, only, raw, state
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

import flask_profiler


def test_a_view_is_timed_under_its_rule_and_endpoint(app: Flask) -> None:
    @app.get("/product/<id>")
    def product(id: str) -> str:
        time.sleep(0.02)
        return id

    install(app)
    assert app.test_client().get("/product/7").text == "7"
    found = only(app)
    assert (found.method, found.name, found.endpoint) == (
        "GET",
        "/product/<id>",
        "product",
    )
    assert (found.status, found.error, found.raised, found.size) == (
        200,
        False,
        None,
        1,
    )
    assert found.kwargs == {"id": "7"}
    assert found.phases is not None
    assert found.phases.view >= 20_000
    assert found.phases.stream == 0
    assert found.phases.total == found.elapsed_us
    assert found.context.func == "product"
    assert abs(found.started_at - time.time()) < 60


def test_an_async_view_is_run_and_timed(app: Flask) -> None:
    @app.get("/")
    async def view() -> str:
        await asyncio.sleep(0.02)
        return "done"

    install(app)
    assert app.test_client().get("/").text == "done"
    found = only(app)
    assert found.phases is not None
    assert found.phases.view >= 20_000


def test_an_async_view_runs_through_the_applications_ensure_sync() -> None:
    runs: list[str] = []

    class Host(Flask):
        def async_to_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
            runs.append(func.__name__)
            return super().async_to_sync(func)

    app = Host("host")

    @app.get("/")
    async def view() -> str:
        return "done"

    install(app)
    app.test_client().get("/")
    assert runs == ["view"]


def test_an_async_view_that_raises_is_recorded_with_its_exception(app: Flask) -> None:
    @app.get("/")
    async def view() -> str:
        raise LookupError("nothing there")

    install(app)
    assert app.test_client().get("/").status_code == 500
    found = only(app)
    assert found.raised is not None
    assert (found.raised.type, found.raised.message) == ("LookupError", "nothing there")


def test_an_async_view_may_await_a_view_that_is_wrapped_too(app: Flask) -> None:
    @app.get("/inner")
    async def inner() -> str:
        return "inner"

    @app.get("/")
    async def outer() -> str:
        return "outer " + await app.view_functions["inner"]()

    install(app)
    assert app.test_client().get("/").text == "outer inner"
    assert [found.name for found in measured(app)] == ["/"]


def test_a_wrapped_async_view_stays_a_coroutine_outside_of_requests(app: Flask) -> None:
    @app.get("/")
    async def view() -> str:
        return "done"

    install(app)
    assert app.test_client().get("/").text == "done"
    assert asyncio.run(app.view_functions["view"]()) == "done"


def test_a_decorated_async_view_is_still_a_coroutine_function(app: Flask) -> None:
    @flask_profiler.profile()
    async def helper() -> str:
        return "helped"

    @app.get("/")
    @flask_profiler.profile()
    async def view() -> str:
        return await helper()

    install(app)
    assert inspect.iscoroutinefunction(helper)
    assert app.test_client().get("/").text == "helped"
    assert len(measured(app)) == 1
    assert asyncio.run(helper()) == "helped"


def test_a_decorated_async_view_that_raises_names_its_exception(app: Flask) -> None:
    install(app)

    @app.get("/")
    @flask_profiler.profile()
    async def view() -> str:
        raise LookupError("gone")

    app.test_client().get("/")
    found = only(app)
    assert found.raised is not None
    assert found.raised.type == "LookupError"


def test_a_coroutine_mark_of_the_view_does_not_stick_to_the_wrapper(app: Flask) -> None:
    @app.get("/")
    async def view() -> str:
        return "done"

    view._is_coroutine_mark = object()  # type: ignore[attr-defined]  # what 3.12's markcoroutinefunction sets
    install(app)
    assert app.test_client().get("/").text == "done"
    assert not hasattr(app.view_functions["view"], "_is_coroutine_mark")


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
    inner.get("/<int:n>")(lambda n: str(n))
    outer.register_blueprint(inner)
    app.register_blueprint(outer)
    install(app)
    assert app.test_client().get("/outer/inner/3").text == "3"
    found = only(app)
    assert found.name == "/outer/inner/<int:n>"
    assert found.endpoint == "outer.inner.<lambda>"
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


@pytest.mark.parametrize(
    ("value", "status", "body"),
    [
        ("text", 200, b"text"),
        (b"bytes", 200, b"bytes"),
        (("made", 201), 201, b"made"),
        (("made", 202, {"X-A": "1"}), 202, b"made"),
        ({"a": 1}, 200, b'{"a":1}\n'),
        ([1, 2], 200, b"[1,2]\n"),
        (Response("made", 203), 203, b"made"),
        (Response(status=204), 204, b""),
    ],
)
def test_whatever_a_view_returns_the_final_status_and_size_are_stored(
    app: Flask, value: Any, status: int, body: bytes
) -> None:
    app.get("/")(lambda: value)
    install(app)
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.data) == (status, body)
    found = only(app)
    assert (found.status, found.size, found.error) == (status, len(body), False)


def test_a_view_may_return_a_wsgi_application(app: Flask) -> None:
    def other(environ: Any, start_response: Any) -> list[bytes]:
        start_response("206 Partial", [("Content-Length", "2")])
        return [environ["wsgi.input"].read(2)]

    app.post("/")(lambda: other)
    install(app, capture={"unread": True})
    assert app.test_client().post("/", data=b"ab").data == b"ab"
    found = only(app)
    assert (found.status, found.size) == (206, 2)


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


def test_arguments_are_stored_as_text_where_json_has_no_counterpart(app: Flask) -> None:
    import uuid

    from werkzeug.routing import BaseConverter

    class Point:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    class PointConverter(BaseConverter):
        def to_python(self, value: str) -> Any:
            return Point()

    app.url_map.converters["point"] = PointConverter

    @app.get("/<uuid:id>/<point:at>/<float:f>/<int:n>/<path:rest>")
    def view(id: uuid.UUID, at: Any, f: float, n: int, rest: str) -> str:
        assert isinstance(id, uuid.UUID)
        return rest

    install(app)
    id_ = "12345678-1234-5678-1234-567812345678"
    assert app.test_client().get(f"/{id_}/x/1.5/{10**30}/a/b").text == "a/b"
    assert only(app).kwargs == {
        "id": id_,
        "at": "[Point]",
        "f": 1.5,
        "n": str(10**30),
        "rest": "a/b",
    }


def test_arguments_are_those_of_the_url_whatever_a_preprocessor_takes(
    app: Flask,
) -> None:
    @app.url_value_preprocessor
    def language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        flask.g.language = (values or {}).pop("language")

    app.get("/<language>/")(lambda: flask.g.language)
    install(app)
    assert app.test_client().get("/en/").text == "en"
    assert only(app).kwargs == {"language": "en"}


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
    app.get("/<id>")(lambda id: id)
    install(app)
    client = app.test_client()
    for number in range(5):
        client.get(f"/{number}")
    assert len(app.wsgi_app._keeper._routes) == 1  # type: ignore[attr-defined]
    assert state(app).recorder is not None
