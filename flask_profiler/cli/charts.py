"""Bars and trends made of characters."""

from __future__ import annotations

from collections.abc import Sequence

from flask_profiler.clock import US
from flask_profiler.formatting import elapsed_text

_STEPS = "▁▂▃▄▅▆▇█"
_HALVES = {
    (False, False): " ",
    (True, False): "▌",
    (False, True): "▐",
    (True, True): "█",
}


def share_bar(share: float, cells: int) -> str:
    """Draw a share (0 to 1) as a bar of so many cells."""
    full = round(min(max(share, 0.0), 1.0) * cells)
    return "█" * full + "·" * (cells - full)


def trend_line(values: Sequence[float | None]) -> str:
    """Draw values as columns, the highest full; a blank where there is none."""
    highest = max((value for value in values if value is not None), default=0.0)
    top = len(_STEPS) - 1
    return "".join(
        " " if value is None else _STEPS[round(value / highest * top) if highest else 0]
        for value in values
    )


def span_bar(start: float, end: float, cells: int) -> str:
    """Draw a piece (0 to 1) of a line of so many cells, in half cells, never empty."""
    halves = 2 * cells
    first = min(round(start * halves), halves - 1)
    last = max(round(end * halves), first + 1)
    drawn = [first <= half < last for half in range(halves)]
    pairs = zip(drawn[::2], drawn[1::2], strict=True)
    return "".join(_HALVES[pair] for pair in pairs).rstrip()


def axis(total_us: int, cells: int) -> str:
    """Write the quarters of a time over a line of so many cells."""
    last = elapsed_text(total_us)
    text = "0"
    for quarter in (1, 2, 3):
        tick = _tick(total_us * quarter / 4, total_us)
        start = cells * quarter // 4
        if start + len(tick) + len(last) >= cells:
            break
        text = text.ljust(start) + tick
    return text.ljust(cells - len(last)) + last


def _tick(time_us: float, total_us: int) -> str:
    """Write a time in the unit of the whole; only from a minute on it has its own."""
    if total_us >= 59.95 * US:
        return elapsed_text(time_us)
    scale = next(scale for scale in (1, 1000, US) if total_us < 999.5 * scale)
    return f"{time_us / scale:.3g}"
