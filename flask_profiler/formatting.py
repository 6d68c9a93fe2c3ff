"""Figures as people read them: the same text in the terminal and on the pages."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from flask_profiler.clock import US

_MINUTE = 60 * US
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_SPANS = (("d", _DAY), ("h", _HOUR), ("m", _MINUTE), ("s", US))
_AGES = (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE), ("second", US))
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories: controls, formats (bidi, zero width), surrogates, separators."""


def elapsed_text(time_us: float) -> str:
    """Write a time with three significant figures: `300µs 8.20ms 1.42s 2m05s`."""
    if time_us < 999.5:
        return f"{time_us:.0f}µs"
    if time_us < 999_500:
        return f"{_three(time_us / 1000)}ms"
    if time_us < 59.95 * US:
        return f"{_three(time_us / US)}s"
    seconds = round(time_us / US)
    if seconds < 3600:
        return f"{seconds // 60}m{seconds % 60:02}s"
    minutes = round(time_us / _MINUTE)
    return f"{minutes // 60:,}h{minutes % 60:02}m"


def milliseconds_text(time_us: float) -> str:
    """Write a time in milliseconds with its microseconds: `8.200`."""
    return f"{time_us / 1000:.3f}"


def count_text(count: int) -> str:
    """Write a count with separators: `48,210`."""
    return f"{count:,}"


def number_of(count: int, noun: str) -> str:
    """Write a count with its noun: `1 route`, `6 routes`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def percent_text(share: float) -> str:
    """Write a share (0 to 1) in percent; what is not nothing never looks like it."""
    percent = share * 100
    if 0 < percent < 0.05:
        return "<0.1%"
    if 99.95 <= percent < 100:
        return ">99.9%"
    return f"{percent:.1f}%"


def rate_text(per_second: float) -> str:
    """Write a rate per second with three significant figures, without the unit."""
    if 0 < per_second < 0.001:
        return "<0.001"
    if per_second >= 999.5:
        return f"{per_second:,.0f}"
    if per_second >= 0.9995 or per_second == 0:
        return _three(per_second)
    return f"{per_second:.3f}"


def size_text(size: int) -> str:
    """Write a size in bytes: `512 B`, `12.3 kB`, `4.00 MB`."""
    if size < 1000:
        return f"{size} B"
    power = next((p for p in (1, 2, 3) if size < 999.5 * 1000**p), 4)
    return f"{_three(size / 1000**power)} {' kMGT'[power]}B"


def span_text(time_us: int) -> str:
    """Write a length of time in at most two units: `90s` is `1m30s`, `7d`, `1h30m`."""
    rest = max(time_us, 0) // US * US
    for position, (unit, width) in enumerate(_SPANS):
        if rest < width:
            continue
        text = f"{rest // width}{unit}"
        below = _SPANS[position + 1 : position + 2]
        for smaller, smaller_width in below:
            if count := rest % width // smaller_width:
                text += f"{count}{smaller}"
        return text
    return "0s"


def ago_text(then_us: int, now_us: int) -> str:
    """Say how long ago a time was: `2 minutes ago`; the future is `just now`."""
    age = now_us - then_us
    for noun, width in _AGES:
        if age >= width:
            return f"{number_of(age // width, noun)} ago"
    return "just now"


def date_text(moment: datetime) -> str:
    """Write a time with its milliseconds and offset from UTC."""
    offset = moment.strftime("%z")
    milliseconds = f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}"
    return f"{milliseconds} {offset[:3]}:{offset[3:5]}"


def visible(text: str) -> str:
    r"""Escape what would act on a terminal or mislead a reader instead of showing.

    Controls (C0, DEL, C1), bidirectional and zero-width characters, line separators and
    lone surrogates become `\x1b` or `\u202e`.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _three(value: float) -> str:
    """Write a number below 1,000 with three significant figures."""
    if value < 9.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"
