"""How the profiler is, for monitors. docs/running.md explains each name."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from flask_profiler.measurement import Json
from flask_profiler.results import Loss, Settings, Status
from flask_profiler.serialize.values import clean, seconds

FORMAT: Final = 1
"""Rises when a key changes its meaning or goes away, not with a new key."""


def status_as_json(status: Status, application: str | None) -> dict[str, Json]:
    """Give a status as a mapping that JSON can always hold; `null`: not known."""
    plain: dict[str, Json] = clean(
        {
            "format": FORMAT,
            "ok": not status.problems,
            "problems": [asdict(problem) for problem in status.problems],
            "application": application,
            "store": _store(status),
            "spool": _spool(status),
            "draining": {
                "by": _drained_by(status.settings),
                "state": status.draining,
            },
            "losses": _losses(status),
            "settings": _settings(status.settings),
        }
    )
    return plain


def _store(status: Status) -> dict[str, Json]:
    engine, _, place = status.location.partition(":")
    facts = status.facts
    return {
        "engine": engine,
        "place": place or None,
        "readable": facts is not None,
        "count": facts and facts.count,
        "routes": facts and facts.routes,
        "oldestStartedAt": facts and _moment(facts.oldest_us),
        "newestStartedAt": facts and _moment(facts.newest_us),
        "databaseBytes": facts and facts.database,
        "logBytes": facts and facts.log,
    }


def _spool(status: Status) -> dict[str, Json]:
    backlog = status.backlog
    return {
        "folder": status.folder,
        "readable": backlog is not None,
        "waiting": backlog and backlog.lines,
        "waitingBytes": backlog and backlog.bytes,
        "waitingSince": backlog and _moment(backlog.since_us),
        "sizeBytes": backlog and backlog.size,
        "writers": backlog and backlog.writers,
    }


def _drained_by(settings: Settings | None) -> str | None:
    if settings is None:
        return None
    return "workers" if settings.drain else "others"


def _losses(status: Status) -> dict[str, Json] | None:
    if status.losses is None:
        return None
    told: dict[str, Json] = {loss.kind: _loss(loss) for loss in status.losses}
    return {**told, "acknowledgedAt": _moment(status.acknowledged_us)}


def _loss(loss: Loss) -> dict[str, Json]:
    return {"count": loss.count, "fresh": loss.fresh, "lastReason": loss.reason}


def _settings(settings: Settings | None) -> dict[str, Json] | None:
    """Use the names of the configuration."""
    if settings is None:
        return None
    return {
        "enabled": settings.measuring,
        "sampling_function": settings.sampling,
        "ignore": list(settings.ignore),
        "unmatched": settings.unmatched,
        "capture": {
            **{part: part in settings.captured for part in ("headers", "form", "body")},
            "unread": settings.unread,
            "max_body": settings.max_body,
        },
        "redact": list(settings.redact),
        "spool": {
            "drain": settings.drain,
            "interval": settings.interval,
            "max_bytes": settings.max_bytes,
        },
        "verbose": settings.verbose,
        "reserved": list(settings.reserved),
    }


def _moment(time_us: int | None) -> float | None:
    return None if time_us is None else seconds(time_us)
