from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from flask import Flask
from hosting import install, measured, only

import flask_profiler


def test_each_call_is_measured_with_its_arguments(app: Flask) -> None:
    install(app)

    def work(a: int, *, b: str) -> str:
        """Do it."""
        return f"{a}{b}"

    timed = flask_profiler.measure(work, "work", "CRON", {"why": "nightly"})
    assert timed.__name__ == "work"
    assert timed.__doc__ == "Do it."
    assert timed(1, b="x") == "1x"
    found = only(app)
    assert (found.name, found.method, found.status) == ("work", "CRON", None)
    assert (found.args, found.kwargs, found.error) == ((1,), {"b": "x"}, False)
    assert found.phases is None
    assert found.elapsed_us >= 0
    assert found.context.extra == {"why": "nightly"}


def test_an_exception_goes_on_and_makes_an_error(app: Flask) -> None:
    install(app)
    error = LookupError("none")

    def work() -> None:
        raise error

    with pytest.raises(LookupError) as caught:
        flask_profiler.measure(work, "work", "CRON")()
    assert caught.value is error
    found = only(app)
    assert found.error
    assert found.raised is not None
    assert (found.raised.type, found.raised.message) == ("LookupError", "none")


def test_a_coroutine_function_stays_one_and_is_timed_to_its_end(app: Flask) -> None:
    install(app)

    async def work() -> str:
        await asyncio.sleep(0.02)
        return "done"

    timed = flask_profiler.measure(work, "work", "TASK")
    assert asyncio.run(timed()) == "done"
    assert only(app).elapsed_us >= 20_000


def test_arguments_are_redacted_by_name_and_made_fit_for_json(app: Flask) -> None:
    install(app)

    class Strange:
        def __str__(self) -> str:
            raise RuntimeError("no")

    def work(*_args: Any, **_kwargs: Any) -> None:
        return None

    timed = flask_profiler.measure(work, "work", "X", {"api_key": "k", "n": {1: {2}}})
    circle: list[Any] = []
    circle.append(circle)
    timed(Strange(), float("nan"), 10**30, circle, password="p", deep={"Token": "t"})
    found = only(app)
    assert found.args[:3] == ("[Strange]", "nan", str(10**30))
    assert found.kwargs == {
        "password": "[redacted]",
        "deep": {"Token": "[redacted]"},
    }
    assert found.context.extra == {"api_key": "[redacted]", "n": {"1": [2]}}


def test_an_ignored_name_and_a_sampled_out_call_go_through(app: Flask) -> None:
    answers = iter([True, False])
    install(app, ignore=["^quiet"], sampling_function=lambda: next(answers))
    flask_profiler.measure(lambda: None, "quiet/one", "X")()
    timed = flask_profiler.measure(lambda: None, "loud", "X")
    timed()
    timed()
    assert only(app).name == "loud"


def test_in_an_application_context_its_own_profiler_is_used() -> None:
    one, other, bare = Flask("one"), Flask("other"), Flask("bare")
    install(one)
    install(other)
    timed = flask_profiler.measure(lambda: "ok", "work", "X")
    for app in (one, bare):
        with app.app_context():
            assert timed() == "ok"
    assert (len(measured(one)), len(measured(other))) == (1, 0)


def test_with_several_profilers_a_call_outside_goes_through_with_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, other = Flask("one"), Flask("other")
    install(one)
    install(other)
    timed = flask_profiler.measure(lambda: "ok", "work", "X")
    assert [timed(), timed()] == ["ok", "ok"]
    assert caplog.text.count("doesn't measure 'work'") == 1
    assert measured(one) == measured(other) == []


def test_a_profiler_that_is_off_or_gone_does_not_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone, off, on = Flask("gone"), Flask("off"), Flask("on")
    install(gone)
    install(off, enabled=False)
    install(on)
    del gone
    gc.collect()
    flask_profiler.measure(lambda: None, "work", "X")()
    assert only(on).name == "work"
    assert not caplog.text


@pytest.mark.swallows
def test_a_failure_of_ours_leaves_the_call_as_it_is(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("ours")

    install(app)
    timed = flask_profiler.measure(lambda: "ok", "work", "X")
    for place in ("by_hand.only_state", "by_hand.Line"):
        with monkeypatch.context() as patch:
            patch.setattr(f"flask_profiler.instrument.{place}", broken)
            assert timed() == "ok"
    assert measured(app) == []


def test_calls_inside_a_measured_request_are_measurements_of_their_own(
    app: Flask,
) -> None:
    timed = flask_profiler.measure(lambda: "ok", "step", "FUNC")
    app.get("/", endpoint="view")(timed)
    install(app)
    app.test_client().get("/")
    assert [m.name for m in measured(app)] == ["/", "step"]
