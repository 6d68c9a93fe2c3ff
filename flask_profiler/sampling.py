"""Which requests are left out by the application's own choice."""

from __future__ import annotations

from collections.abc import Callable

from flask_profiler.guard import report


def sampled_out(sampling_function: Callable[[], object] | None) -> bool:
    """Ask the sampling function; when it fails, the request is measured."""
    if sampling_function is None:
        return False
    try:
        return not sampling_function()
    except Exception as error:  # noqa: BLE001 - the application's code may raise any
        report("asking the sampling function", error)
        return False
