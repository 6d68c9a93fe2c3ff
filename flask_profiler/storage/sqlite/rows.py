"""A measurement as a row, and a row as a measurement."""

from __future__ import annotations

from typing import Any, TypeAlias

from flask_profiler.errors import RefusedError
from flask_profiler.histogram import bin_of
from flask_profiler.line.expand import context_of, seen_of, uid_of
from flask_profiler.line.facts import NOTHING, Facts
from flask_profiler.line.format import Seen
from flask_profiler.line.timing import BY_HAND, elapsed_of, phases_of
from flask_profiler.measurement import Context, Measurement, Phases, Raised
from flask_profiler.storage.sqlite import values
from flask_profiler.storage.sqlite.contexts import Kept

Row: TypeAlias = tuple[Any, ...]
Source: TypeAlias = tuple[int, int, int]
"""A process: its pid, the number of its host, and the one in its uids."""

COLUMNS = (
    "id, started_us, elapsed_us, error, status, uid, size, pid, before, view, after,"
    " stream, kwargs, args, method, name, endpoint, host"
)
"""What `measurement_of` wants, in its order."""

WIDTH = 17

_NO_PHASES = (None, None, None, None)


def row_of(m: Measurement, id_: int, route: int, host: int | None) -> Row:
    """Give the row of a measurement; raise `RefusedError` for what can't be one."""
    p = m.phases
    phases = (p.before, p.view, p.after, p.stream) if p else _NO_PHASES
    values.check_integers(
        (
            *(m.started_us, m.elapsed_us, m.status or 0, m.size or 0, m.pid or 0),
            *(phases if p else ()),
        )
    )
    return (
        id_,
        m.started_us,
        m.elapsed_us,
        bin_of(m.elapsed_us),
        route,
        int(m.error),
        m.status,
        uid_bytes(m.uid),
        m.size,
        m.pid,
        host,
        *phases,
        values.json_text(m.kwargs),
        values.json_text(m.context.args),
    )


def row_of_facts(f: Facts, id_: int, route: int, source: Source) -> Row:
    """Give the row of a line of the spool, whose integers are in range."""
    ticks = f.ticks
    elapsed = elapsed_of(ticks)
    pid, host, number = source
    return (
        id_,
        f.started,
        elapsed,
        bin_of(elapsed),
        route,
        f.error,
        f.status,
        uid_of(f, number),
        f.size,
        pid,
        host,
        *(phases_of(ticks) or _NO_PHASES),
        values.text_or_none(bytes(f.kwargs)),
        f"?{f.query}" if f.query else _args_by_hand(f),
    )


def _args_by_hand(f: Facts) -> str | None:
    """Give the parameters of a context given to `measure()`, to be filtered by."""
    if len(f.ticks) != BY_HAND or f.seen == NOTHING:
        return None
    return values.json_text(context_of(seen_of(bytes(f.seen)), "", None).args)


def uid_bytes(uid: str) -> bytes:
    """Pack the 24 hex digits of a uid; raise `RefusedError` for anything else."""
    try:
        packed = bytes.fromhex(uid)
    except (ValueError, TypeError):
        packed = b""
    if len(packed) != 12 or packed.hex() != uid:
        raise RefusedError(f"The uid {uid!r:.100} is not 24 lower-case hex digits.")
    return packed


def measurement_of(row: Row, kept: Kept | Seen) -> Measurement:
    """Put a row (`COLUMNS`) and what is kept in its block together again."""
    id_, started, elapsed, error, status, uid, size, pid, *phases = row[:12]
    kwargs, args, method, name, endpoint, host = row[12:]
    return Measurement(
        uid=uid.hex(),
        started_us=started,
        elapsed_us=elapsed,
        method=method,
        name=name,
        endpoint=endpoint,
        status=status,
        error=bool(error),
        raised=_raised(kept),
        phases=None if phases[0] is None else Phases(*phases),
        size=size,
        args=kept.args,
        kwargs=values.mapping(kwargs),
        context=_context(kept, args, endpoint),
        pid=pid,
        host=host,
        id=id_,
    )


def _raised(kept: Kept | Seen) -> Raised | None:
    return Raised(*kept.raised) if isinstance(kept.raised, tuple) else kept.raised


def _context(kept: Kept | Seen, args: str | None, endpoint: str | None) -> Context:
    if isinstance(kept, Seen):
        return context_of(kept, (args or "?")[1:], endpoint)
    return Context(
        url=kept.url,
        args=values.mapping(args),
        form=kept.form,
        body=kept.body,
        headers=kept.headers,
        func=kept.func,
        ip=kept.ip,
        extra=kept.extra,
    )
