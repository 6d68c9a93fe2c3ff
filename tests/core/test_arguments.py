from __future__ import annotations

from typing import Any

import flask
from flask import Flask
from hosting import install, only


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

    @app.get("/<uuid:u>/<point:at>/<float:f>/<int:n>/<path:rest>")
    def view(u: uuid.UUID, at: Any, f: float, n: int, rest: str) -> str:
        assert isinstance(u, uuid.UUID)
        return rest

    install(app)
    id_ = "12345678-1234-5678-1234-567812345678"
    assert app.test_client().get(f"/{id_}/x/1.5/{10**30}/a/b").text == "a/b"
    assert only(app).kwargs == {
        "u": id_,
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
