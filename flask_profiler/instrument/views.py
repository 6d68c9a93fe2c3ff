"""The wrapped view: it times the view, and says which requests are ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeAlias

from flask import (
    Request,
    current_app,
    has_app_context,
    has_request_context,
    request,
)

from flask_profiler.clock import tick_ns
from flask_profiler.instrument.exchange import Exchange
from flask_profiler.state import ready_state

View: TypeAlias = Callable[..., Any]
Begin: TypeAlias = Callable[[], Exchange | None]
"""Begins a view's phase; `None` where there is nothing to time, or it has begun."""

current_request: Callable[[], Request] = request._get_current_object  # type: ignore[attr-defined]  # noqa: SLF001
"""Gives the request itself: one look-up, where its proxy makes one an attribute."""

_MARK = "_flask_profiler_timed"
_BEGIN = "_flask_profiler_begin"
_COROUTINE_MARKS = ("_is_coroutine", "_is_coroutine_mark")


def timed(view: View, begin: Begin) -> View:
    """Wrap a view that Flask calls; `begin` begins its phase."""
    if iscoroutinefunction(view):
        return _marked(_run_and_timed(view, begin), begin)

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        exchange = begin()
        if exchange is None:
            return view(*args, **kwargs)
        try:
            return view(*args, **kwargs)
        except BaseException as error:
            exchange.note_raised(error)
            raise
        finally:
            exchange.view_ended = tick_ns()

    return _marked(wrapper, begin)


def decorated(view: View) -> View:
    """Wrap a view by hand: its request is measured whoever declared the endpoint."""
    if not iscoroutinefunction(view):
        return timed(view, _begin_adopted)

    @wraps(view)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        return await _awaited(_begin_adopted(), view(*args, **kwargs))

    return _marked(wrapper, _begin_adopted)


def is_timed(view: View, begin: Begin) -> bool:
    """Tell whether a view is itself a wrapper of ours that begins in this way."""
    return getattr(view, _MARK, None) is view and vars(view).get(_BEGIN) == begin


def is_decorated(view: View | None) -> bool:
    """Tell whether there is a wrapper of ours in a view, as far as can be seen."""
    return hasattr(view, _MARK)


def _run_and_timed(view: View, begin: Begin) -> View:
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        exchange = begin()
        if _in_event_loop() or not has_app_context():
            return _awaited(exchange, view(*args, **kwargs))
        run = current_app.ensure_sync(view)
        if exchange is None:
            return run(*args, **kwargs)
        try:
            return run(*args, **kwargs)
        except BaseException as error:
            exchange.note_raised(error)
            raise
        finally:
            exchange.view_ended = tick_ns()

    for mark in _COROUTINE_MARKS:
        vars(wrapper).pop(mark, None)
    return wrapper


async def _awaited(exchange: Exchange | None, result: Awaitable[Any]) -> Any:
    if exchange is None:
        return await result
    try:
        return await result
    except BaseException as error:
        exchange.note_raised(error)
        raise
    finally:
        exchange.view_ended = tick_ns()


def _begin_adopted() -> Exchange | None:
    """Begin the phase of a decorated view, whose request is then measured."""
    state = ready_state(current_app) if has_app_context() else None
    if state is None or not has_request_context():
        return None
    exchange: Exchange | None = current_request().environ.get(state.key)
    return exchange.keeper.begin(adopting=True) if exchange else None


def _marked(wrapper: View, begin: Begin) -> View:
    vars(wrapper).update({_MARK: wrapper, _BEGIN: begin})
    return wrapper


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
