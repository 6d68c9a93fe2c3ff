"""The grammar of a time: `15m`, `2h ago`, `today`, `@epoch`, ISO dates and times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from flask_profiler.clock import US
from flask_profiler.errors import QueryError
from flask_profiler.parsing.durations import parse_duration

_EPOCH = re.compile(r"@(-?[0-9]{1,12}(?:\.[0-9]+)?)")
_LATEST_US = 253_402_300_800 * US
"""The end of the year 9999, where calendars of this language end."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the time is, and in which zone a time without one is meant."""

    now_us: int
    """Microseconds since the UTC epoch."""
    zone: tzinfo | None = None
    """`None`: the zone of this machine, with its summer time."""

    def today(self) -> date:
        """Tell which day it is in the zone."""
        return self.local(self.now_us).date()

    def local(self, time_us: int) -> datetime:
        """Give a time in the zone, aware of its offset."""
        whole = datetime.fromtimestamp(time_us // US, tz=self.zone)
        return whole.astimezone(self.zone).replace(microsecond=time_us % US)


def parse_since(text: str, clock: Clock) -> int | None:
    """Read the beginning of a window, in µs since the epoch; `all` has none."""
    if text.strip().lower() == "all":
        return None
    return _parse(text, clock, days_later=0)


def parse_until(text: str, clock: Clock) -> int:
    """Read the end of a window, in µs since the epoch: what starts then is outside.

    A date without a time means the end of that day.
    """
    return _parse(text, clock, days_later=1)


def _parse(text: str, clock: Clock, *, days_later: int) -> int:
    written = text.strip()
    try:
        time_us = _instant(written, clock, days_later)
    except (OverflowError, ValueError, OSError) as error:
        raise _not_one(text) from error
    if not -_LATEST_US < time_us < _LATEST_US:
        raise _not_one(text)
    return time_us


def _instant(written: str, clock: Clock, days_later: int) -> int:
    word = written.lower()
    if word == "now":
        return clock.now_us
    if epoch := _EPOCH.fullmatch(word):
        return int(Decimal(epoch[1]) * US)
    day = _day(word, clock)
    if day is not None:
        midnight = datetime.combine(
            day + timedelta(days=days_later), datetime.min.time(), clock.zone
        )
        return _us(midnight)
    if re.match(r"[0-9]{4}-?[0-9W]", written):
        moment = datetime.fromisoformat(written)
        return _us(moment if moment.tzinfo else moment.replace(tzinfo=clock.zone))
    try:
        return clock.now_us - parse_duration(re.sub(r"\s+ago$", "", word))
    except QueryError as error:
        raise _not_one(written, error) from error


def _day(word: str, clock: Clock) -> date | None:
    if word in {"today", "yesterday"}:
        return clock.today() - timedelta(days=word == "yesterday")
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _us(moment: datetime) -> int:
    whole = moment.replace(microsecond=0)
    return int(whole.timestamp()) * US + moment.microsecond


def _not_one(text: str, cause: QueryError | None = None) -> QueryError:
    why = str(cause) if cause and cause.hint else ""
    number = re.fullmatch(r"[0-9]+(\.[0-9]+)?", text.strip())
    message = f"'{text}' has no unit." if number and why else f"'{text}' is not a time."
    return QueryError(
        message,
        hint="Say 15m, 1h30m, '2h ago', today, yesterday, 2026-11-22, "
        "'2026-11-22 14:05', 2026-11-22T14:05+01:00, @1795332107 or all.",
    )
