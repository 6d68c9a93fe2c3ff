from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from flask import Flask
from hosting import install, state

import flask_profiler


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
        "flask_profiler.instrument.exchange.Exchange.announced",
        "flask_profiler.instrument.tracker.tick_ns",
    ):
        with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
            patch.setattr(place, broken)
            for _ in range(3):
                assert app.test_client().get("/").text == "fine"
    assert caplog.text.count("flask_profiler failed while") == 5
