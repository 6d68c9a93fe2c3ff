from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, abort, redirect
from hosting import install, measured, only, raw
from werkzeug.exceptions import Conflict


def raising(error: BaseException) -> Any:
    def view() -> str:
        raise error

    return view


def test_an_unhandled_exception_is_an_error_with_status_500(app: Flask) -> None:
    app.get("/")(raising(ValueError("broken")))
    install(app)
    assert app.test_client().get("/").status_code == 500
    found = only(app)
    assert (found.status, found.error) == (500, True)
    assert found.raised is not None
    assert (found.raised.type, found.raised.message) == ("ValueError", "broken")


@pytest.mark.parametrize("setting", ["DEBUG", "TESTING", "PROPAGATE_EXCEPTIONS"])
def test_a_propagated_exception_goes_on_unchanged_and_is_recorded_once(
    app: Flask, setting: str
) -> None:
    error = ValueError("broken")
    app.get("/")(raising(error))
    app.config[setting] = True
    install(app)
    with pytest.raises(ValueError, match="broken") as caught:
        raw(app)
    assert caught.value is error
    assert error.__cause__ is None
    assert error.__context__ is None
    found = only(app)
    assert (found.status, found.error, found.size) == (500, True, 0)


@pytest.mark.parametrize(
    "error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit("x")]
)
def test_what_is_no_exception_passes_and_is_recorded(
    app: Flask, error: BaseException
) -> None:
    app.get("/")(raising(error))
    install(app)
    with pytest.raises(type(error)) as caught:
        raw(app)
    assert caught.value is error
    found = only(app)
    assert (found.status, found.error) == (500, True)
    assert found.raised is not None
    assert found.raised.type == type(error).__name__


def test_abort_gives_the_status_that_the_client_got_and_is_no_error(app: Flask) -> None:
    app.get("/<int:code>")(abort)
    install(app)
    client = app.test_client()
    for code in (400, 404, 418, 503):
        assert client.get(f"/{code}").status_code == code
    assert [(m.status, m.error) for m in measured(app)] == [
        (400, False),
        (404, False),
        (418, False),
        (503, True),
    ]


def test_a_redirect_is_stored_with_its_status(app: Flask) -> None:
    app.get("/")(lambda: redirect("/there"))
    install(app)
    app.test_client().get("/")
    assert only(app).status == 302


def test_an_error_handler_decides_the_status_and_the_exception_is_kept(
    app: Flask,
) -> None:
    app.get("/")(raising(KeyError("sku")))
    app.errorhandler(KeyError)(lambda _error: ("handled", 422))
    install(app)
    assert app.test_client().get("/").status_code == 422
    found = only(app)
    assert (found.status, found.error) == (422, False)
    assert found.raised is not None
    assert found.raised.type == "KeyError"


def test_an_error_handler_that_fails_is_measured_once(app: Flask) -> None:
    app.get("/")(raising(KeyError("sku")))

    @app.errorhandler(KeyError)
    def handler(_error: KeyError) -> str:
        raise Conflict("handler")

    install(app)
    assert app.test_client().get("/").status_code == 500
    found = only(app)
    assert (found.status, found.error) == (500, True)


def test_an_after_request_that_fails_is_what_the_client_got(app: Flask) -> None:
    app.get("/")(lambda: "fine")

    @app.after_request
    def fails(_response: Any) -> Any:
        raise LookupError("after")

    install(app)
    assert app.test_client().get("/").status_code == 500
    found = only(app)
    assert (found.status, found.error, found.raised) == (500, True, None)


def test_a_teardown_that_raises_after_start_response_is_a_500(app: Flask) -> None:
    app.get("/")(lambda: "fine")

    @app.teardown_request
    def fails(_error: BaseException | None) -> None:
        raise LookupError("torn")

    install(app)
    with pytest.raises(LookupError, match="torn"):
        raw(app)
    found = only(app)
    assert (found.status, found.error) == (500, True)
    assert found.raised is not None
    assert found.raised.message == "torn"


def test_before_request_may_answer_itself_on_a_tracked_endpoint(app: Flask) -> None:
    app.get("/")(lambda: "never")
    app.before_request(lambda: ("who are you?", 401))
    install(app)
    assert app.test_client().get("/").status_code == 401
    found = only(app)
    assert (found.name, found.status, found.error) == ("/", 401, False)
    assert found.phases is not None
    assert found.phases.view == 0
    assert found.phases.before == found.elapsed_us


def test_an_exception_without_a_text_is_recorded_with_its_class(app: Flask) -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no words")

    app.get("/")(raising(MuteError()))
    app.config["PROPAGATE_EXCEPTIONS"] = True
    install(app)
    with pytest.raises(MuteError):
        raw(app)
    found = only(app)
    assert found.raised is not None
    assert found.raised.message == "[MuteError]"


def test_a_long_message_is_cut(app: Flask) -> None:
    app.get("/")(raising(ValueError("x" * 100_000)))
    install(app)
    app.test_client().get("/")
    found = only(app)
    assert found.raised is not None
    assert len(found.raised.message) == 1000
