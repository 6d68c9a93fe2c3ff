"""Measuring by hand: single views, and any other function."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import current_app, has_app_context

from flask_profiler.clock import now_us, tick_ns
from flask_profiler.guard import report
from flask_profiler.instrument.routes import is_ignored
from flask_profiler.instrument.views import decorated
from flask_profiler.line.encode import route_as_json
from flask_profiler.line.format import Line, Seen
from flask_profiler.plain import plain, text_of_any
from flask_profiler.sampling import sampled_out
from flask_profiler.state import State, only_state, state_of

if TYPE_CHECKING:
    from flask_profiler.recorder import Recorder

F = TypeVar("F", bound=Callable[..., Any])

logger = logging.getLogger("flask_profiler")
_warned: set[str] = set()


def profile(*args: Any, **_kwargs: Any) -> Any:
    """Decorate a view so that its requests are measured wherever it is declared.

    Stands below the route, with or without parentheses, before or after `init_app`: the
    profiler is looked up when a request comes. Where there is none, the view just runs.
    """
    if len(args) == 1 and callable(args[0]):
        return decorated(args[0])
    return decorated


def measure(
    f: F, name: str, method: str, context: Mapping[str, object] | None = None
) -> F:
    """Wrap a function so that each call is measured under `name` and `method`.

    The call's arguments are stored, redacted by name; `context` too. In an application
    context its profiler is used, elsewhere the only one of this process; where that
    isn't clear, the call goes through unmeasured, and a warning says so once.
    """
    by_hand = _ByHand(name, method, context)
    if iscoroutinefunction(f):

        @wraps(f)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            with by_hand.call(args, kwargs):
                return await f(*args, **kwargs)

        return cast("F", awaited)

    @wraps(f)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with by_hand.call(args, kwargs):
            return f(*args, **kwargs)

    return cast("F", wrapper)


class _ByHand:
    """A function that is measured by hand."""

    def __init__(
        self, name: str, method: str, context: Mapping[str, object] | None
    ) -> None:
        self.name = name
        self.method = method
        self.context = context

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Call:
        """Begin to measure a call."""
        state: State | None = None
        try:
            state = self._measuring_state()
        except Exception as error:  # noqa: BLE001 - the call goes on
            report("beginning to measure a call", error)
        return _Call(self, state, args, kwargs)

    def _measuring_state(self) -> State | None:
        if has_app_context():
            state = state_of(current_app)
        else:
            state = only_state()
            if state is None:
                _warn_once(self.name)
        if state is None or state.recorder is None:
            return None
        config = state.config
        if is_ignored(self.name, config.ignore):
            return None
        return None if sampled_out(config.sampling_function) else state


class _Call:
    """One call under way; as a context manager it never swallows an exception."""

    __slots__ = ("_args", "_began", "_function", "_kwargs", "_started_us", "_state")

    def __init__(
        self,
        function: _ByHand,
        state: State | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self._function = function
        self._state = state
        self._args = args
        self._kwargs = kwargs

    def __enter__(self) -> None:
        self._started_us = now_us()
        self._began = tick_ns()

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        completed = tick_ns()
        if self._state is None or self._state.recorder is None:
            return
        try:
            self._record(self._state, self._state.recorder, error, completed)
        except Exception as ours:  # noqa: BLE001 - the call's outcome stands
            report("recording a call", ours)

    def _record(
        self,
        state: State,
        recorder: Recorder,
        error: BaseException | None,
        completed: int,
    ) -> None:
        names = state.names
        function = self._function
        raised = None
        if error is not None:
            raised = (type(error).__qualname__, text_of_any(error))
        recorder.record(
            Line(
                self._started_us,
                (self._began, completed),
                next(recorder.counter),
                recorder.process,
                route_as_json(str(function.method), str(function.name), None),
                error=error is not None,
                kwargs=plain(self._kwargs, names),
                seen=Seen(
                    raised=raised,
                    args=tuple(plain(self._args, names)),
                    context=plain(function.context, names)
                    if function.context
                    else None,
                ),
            )
        )


def _warn_once(name: str) -> None:
    if name in _warned:
        return
    _warned.add(name)
    logger.warning(
        "flask_profiler doesn't measure %r: it is called outside an application "
        "context, and this process has no profiler or several",
        name,
    )
