"""The grammar of the other filters: a status, a pair, a number of rows."""

from __future__ import annotations

import re

from flask_profiler.errors import QueryError
from flask_profiler.query import StatusRange

_HIGHEST = 999
_MOST = 1_000_000_000


def parse_status(text: str) -> StatusRange:
    """Read `200`, `5xx`, `400-499`, `>=400`, `>499`, `<400` or `<=399`."""
    written = text.strip().lower().replace(" ", "")
    if re.fullmatch(r"[1-9]xx", written):
        return StatusRange(int(written[0]) * 100, int(written[0]) * 100 + 99)
    if found := re.fullmatch(r"([1-9][0-9]{2})(?:-([1-9][0-9]{2}))?", written):
        return _ordered(text, int(found[1]), int(found[2] or found[1]))
    if found := re.fullmatch(r"(>=|<=|>|<)([1-9][0-9]{2})", written):
        return _beyond(text, found[1], int(found[2]))
    raise _no_status(text)


def _beyond(text: str, sign: str, status: int) -> StatusRange:
    match sign:
        case ">=":
            return StatusRange(status, _HIGHEST)
        case ">":
            return _ordered(text, status + 1, _HIGHEST)
        case "<=":
            return StatusRange(100, status)
        case _:
            return _ordered(text, 100, status - 1)


def _ordered(text: str, low: int, high: int) -> StatusRange:
    if low > high:
        raise _no_status(text)
    return StatusRange(low, high)


def _no_status(text: str) -> QueryError:
    return QueryError(
        f"'{text}' is not a status.", hint="Say 200, 5xx, 400-404 or '>=400'."
    )


def parse_pair(text: str) -> tuple[str, str]:
    """Read `KEY=VALUE`; the value may be empty and may hold further `=`."""
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise QueryError(f"'{text}' is not KEY=VALUE.", hint="Say id=123.")
    return key, value


def parse_limit(text: str) -> int | None:
    """Read how many rows are wanted; `None` for `all`."""
    written = text.strip().lower()
    if written == "all":
        return None
    if re.fullmatch(r"[0-9]{1,10}", written) and 1 <= int(written) <= _MOST:
        return int(written)
    raise QueryError(
        f"'{text}' is not a number of rows.", hint=f"Say 1 to {_MOST:,}, or all."
    )
