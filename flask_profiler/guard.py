"""Keep our own failures away from the host application."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType

logger = logging.getLogger("flask_profiler")

on_swallowed: list[Callable[[BaseException], None]] = []
"""Called with each exception that `shielded` swallows; the tests re-raise from here."""

_seen: set[tuple[str, type[BaseException]]] = set()


class shielded:  # noqa: N801 - reads as a statement: `with shielded("…"):`
    """Log an `Exception` of ours instead of raising it; a `BaseException` passes.

    Each kind (what was tried, and the exception's class) is logged once a process, so
    that a fault in every request doesn't fill the host's log. Any thread.
    """

    __slots__ = ("action",)

    def __init__(self, action: str) -> None:
        self.action = action

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        report(self.action, error)
        return True


def report(action: str, error: Exception) -> None:
    """Log a failure of ours, once for each action and class of exception."""
    for listener in on_swallowed:
        listener(error)
    kind = (action, type(error))
    if kind not in _seen:
        _seen.add(kind)
        logger.error(
            "flask_profiler failed while %s, and goes on without: %s: %s",
            action,
            type(error).__name__,
            error,
            exc_info=error,
        )
