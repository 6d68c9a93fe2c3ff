"""From the ticks of a request to its phases."""

from __future__ import annotations

from flask_profiler.line.format import Ticks

BY_HAND = 2


def phases_of(ticks: Ticks) -> tuple[int, int, int, int] | None:
    """Give before, view, after and stream in µs; `None` where there are no phases.

    Cut at whole microseconds of the request, so that they add up to `elapsed_of`.
    Raises `ValueError` for what isn't the ticks of a request, or of a function.
    """
    if len(ticks) == BY_HAND:
        return None
    began, view_began, view_ended, returned, completed = ticks
    view_began = view_began or returned
    view_ended = view_ended or returned
    returned = max(returned, view_ended)  # a lazy middleware returns before the view
    before = (view_began - began) // 1000
    in_view = (view_ended - began) // 1000 - before
    until_return = (returned - began) // 1000
    stream = (completed - began) // 1000 - until_return
    return before, in_view, until_return - before - in_view, stream


def elapsed_of(ticks: Ticks) -> int:
    """Give the time from the first tick to the last, in whole microseconds."""
    return (ticks[-1] - ticks[0]) // 1000
