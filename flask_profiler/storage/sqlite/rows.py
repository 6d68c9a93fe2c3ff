"""A measurement as a row, and a row as a measurement."""

from __future__ import annotations

from typing import Any, TypeAlias

from flask_profiler.errors import RefusedError
from flask_profiler.histogram import bin_of
from flask_profiler.measurement import Context, Measurement, Phases
from flask_profiler.storage.sqlite import values
from flask_profiler.storage.sqlite.contexts import Kept

Row: TypeAlias = tuple[Any, ...]

COLUMNS = (
    "id, started_us, elapsed_us, error, status, uid, size, pid, before, view, after,"
    " stream, kwargs, args, method, name, endpoint, host"
)
"""What `measurement_of` wants, in its order."""

INSERT = (
    "INSERT INTO {data} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (started_us, uid) DO NOTHING"
)

_NO_PHASES = (None, None, None, None)


def row_of(m: Measurement, id_: int, route: int, host: int | None) -> Row:
    """Give the row of a measurement; raise `RefusedError` for what can't be one."""
    elapsed = values.integer(m.elapsed_us, "elapsed_us")
    return (
        id_,
        values.integer(m.started_us, "started_us"),
        elapsed,
        bin_of(elapsed),
        route,
        int(m.error),
        _maybe(m.status, "status"),
        uid_bytes(m.uid),
        _maybe(m.size, "size"),
        _maybe(m.pid, "pid"),
        host,
        *(_phases(m.phases) if m.phases else _NO_PHASES),
        values.json_text(m.kwargs),
        values.json_text(m.context.args),
    )


def uid_bytes(uid: str) -> bytes:
    """Pack the 24 hex digits of a uid; raise `RefusedError` for anything else."""
    try:
        packed = bytes.fromhex(uid)
    except (ValueError, TypeError):
        packed = b""
    if len(packed) != 12 or packed.hex() != uid:
        raise RefusedError(f"The uid {uid!r:.100} is not 24 lower-case hex digits.")
    return packed


def measurement_of(row: Row, kept: Kept) -> Measurement:
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
        raised=kept.raised,
        phases=None if phases[0] is None else Phases(*phases),
        size=size,
        args=kept.args,
        kwargs=values.mapping(kwargs),
        context=_context(kept, args),
        pid=pid,
        host=host,
        id=id_,
    )


def _context(kept: Kept, args: str | None) -> Context:
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


def _phases(phases: Phases) -> tuple[int, int, int, int]:
    return (
        values.integer(phases.before, "phases.before"),
        values.integer(phases.view, "phases.view"),
        values.integer(phases.after, "phases.after"),
        values.integer(phases.stream, "phases.stream"),
    )


def _maybe(value: int | None, what: str) -> int | None:
    return None if value is None else values.integer(value, what)
