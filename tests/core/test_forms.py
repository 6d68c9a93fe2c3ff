from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, request
from hosting import install, only
from posts import posting


@pytest.mark.parametrize("read", ["form", "values", "files"])
def test_a_form_that_the_view_has_read_is_kept(app: Flask, read: str) -> None:
    posting(app, read)
    app.test_client().post(
        "/", data={"a": ["1", "2"], "b": "x", "user[password]": "p", "pwd": ["1", "2"]}
    )
    found = only(app).context
    assert found.form == {
        "a": ["1", "2"],
        "b": "x",
        "user[password]": "[redacted]",
        "pwd": ["[redacted]", "[redacted]"],
    }
    assert found.body == ""


def test_a_form_read_as_bytes_is_kept_as_a_form(app: Flask) -> None:
    @app.post("/")
    def view() -> bytes:
        return request.get_data()

    install(app)
    answer = app.test_client().post("/", data={"a": "1", "token": "t"})
    assert answer.data == b"a=1&token=t"
    found = only(app).context
    assert (found.form, found.body) == ({"a": "1", "token": "[redacted]"}, "")


def test_an_upload_is_kept_as_its_fields_and_its_size(app: Flask) -> None:
    posting(app, "files")
    app.test_client().post(
        "/", data={"a": "1", "token": "t", "f": (BytesIO(b"\0" * 100), "secret.bin")}
    )
    found = only(app).context
    assert found.form == {"a": "1", "token": "[redacted]"}
    assert found.body.startswith("[multipart/form-data, ")


def test_large_forms_are_cut(app: Flask) -> None:
    posting(app, "form", capture={"max_body": 1000})
    fields = {"small": "1", "big": "x" * 2000, "more": ["y" * 10, "z"]}
    fields.update({f"f{n}": "v" for n in range(300)})
    app.test_client().post("/", data=fields)
    found = only(app).context
    assert len(found.form) == 200
    assert found.form["small"] == "1"
    assert found.form["big"] == "[2000 characters]"
    assert found.form["more"] == ["[10 characters]", "[1 characters]"]
    assert found.body.startswith("[application/x-www-form-urlencoded, ")
