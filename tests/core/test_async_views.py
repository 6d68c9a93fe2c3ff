from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from flask import Flask
from hosting import install, measured, only

import flask_profiler


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
    app.test_client().get("/inner")
    assert app.test_client().get("/").text == "outer inner"
    assert [found.name for found in measured(app)] == ["/inner", "/"]


def test_a_view_may_run_a_wrapped_async_view_through_ensure_sync(app: Flask) -> None:
    @app.get("/inner")
    async def inner() -> str:
        return "inner"

    @app.get("/")
    def outer() -> str:
        return str(app.ensure_sync(app.view_functions["inner"])())

    install(app)
    app.test_client().get("/inner")
    assert app.test_client().get("/").text == "inner"
    assert [found.name for found in measured(app)] == ["/inner", "/"]


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
