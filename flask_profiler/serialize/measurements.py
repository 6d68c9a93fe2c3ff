"""Measurements and routes, under the names of 1.x where it had them."""

from __future__ import annotations

from flask_profiler.clock import US
from flask_profiler.measurement import Context, Json, Measurement
from flask_profiler.results import RouteSummary
from flask_profiler.serialize.values import PARTS, clean, seconds


def measurement_as_json(m: Measurement) -> dict[str, Json]:
    """Give one measurement as a mapping that JSON can always hold."""
    plain: dict[str, Json] = clean(
        {
            "id": m.id,
            "uid": m.uid,
            "startedAt": seconds(m.started_us),
            "endedAt": seconds(m.started_us + m.elapsed_us),
            "elapsed": seconds(m.elapsed_us),
            "method": m.method,
            "name": m.name,
            "endpoint": m.endpoint,
            "status": m.status,
            "error": m.error,
            "exception": _exception(m),
            "size": m.size,
            "phases": _phases(m),
            "args": list(m.args),
            "kwargs": m.kwargs,
            "context": _context(m.context),
            "pid": m.pid,
            "host": m.host,
        }
    )
    return plain


def route_as_json(route: RouteSummary) -> dict[str, Json]:
    """Give the figures of one route as a mapping that JSON can always hold."""
    plain: dict[str, Json] = clean(
        {
            "method": route.method,
            "name": route.name,
            "count": route.count,
            "errors": route.errors,
            "minElapsed": seconds(route.min_us),
            "maxElapsed": seconds(route.max_us),
            "avgElapsed": route.average_us / US,
            "totalElapsed": seconds(route.total_us),
            "p50": seconds(route.p50_us),
            "p95": seconds(route.p95_us),
            "p99": seconds(route.p99_us),
            "share": route.share,
            "rate": route.rate,
        }
    )
    return plain


def _exception(m: Measurement) -> dict[str, str] | None:
    if m.raised is None:
        return None
    return {"type": m.raised.type, "message": m.raised.message}


def _phases(m: Measurement) -> dict[str, float] | None:
    if m.phases is None:
        return None
    return {part: seconds(getattr(m.phases, part)) for part in PARTS["phases"]}


def _context(context: Context) -> dict[str, Json]:
    known = {part: getattr(context, part) for part in PARTS["context"]}
    return {**context.extra, **known}
