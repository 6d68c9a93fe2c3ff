"""Figures of interleaved rounds: only what stands in the same round is compared."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from statistics import median

NOTHING = "—"


def added(ours: Sequence[float], plain: Sequence[float]) -> float:
    """Give the median of the differences, round by round."""
    return median(a - b for a, b in zip(ours, plain, strict=True))


def share(ours: Sequence[float], plain: Sequence[float]) -> float:
    """Give the median of the ratios, round by round."""
    return median(a / b for a, b in zip(ours, plain, strict=True))


def rounds(found: Sized) -> str:
    return f"{len(found)} round{'' if len(found) == 1 else 's'}"


def micros(value: float, *, signed: bool = True) -> str:
    return _shown(f"{value:+,.0f}" if signed else f"{value:,.0f}")


def percent(value: float) -> str:
    return _shown(f"{value:.0%}" if abs(value) >= 0.1 else f"{value:.1%}")


def _shown(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")
