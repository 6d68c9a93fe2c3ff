"""How the profiler is: looked at only, nothing is drained, stored or made."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from flask_profiler.config import Config, SpoolConfig
from flask_profiler.errors import (
    FolderMissingError,
    ProfilerError,
    StorageMissingError,
    StorageUnavailableError,
)
from flask_profiler.reports import problems
from flask_profiler.reports.draining import Seen, look
from flask_profiler.reports.losses import losses_of
from flask_profiler.reports.settings import settings_of
from flask_profiler.results import Facts, Problem, Settings, Status
from flask_profiler.spool import acknowledged
from flask_profiler.spool.acknowledged import Ledger
from flask_profiler.storage.base import Storage


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose status is asked for."""

    storage: Storage
    folder: Path
    """The spool."""
    config: Config | None = None
    """`None`: no application is known."""


def status_of(subject: Subject, now_us: int) -> Status:
    """Look at the store, the spool and the losses, and judge them."""
    settings = None if subject.config is None else settings_of(subject.config)
    facts, of_store = _facts(subject)
    seen, of_spool = _seen(subject, settings, now_us)
    ledger, of_losses = _ledger(subject)
    losses = None if ledger is None else losses_of(ledger, subject.folder)
    found = of_store + of_spool + (of_losses if seen else [])
    if seen:
        found += problems.of_room(seen.backlog, settings)
        found += problems.of_draining(seen.draining, seen.backlog, settings, now_us)
    found += problems.of_losses(losses or (), subject.folder)
    return Status(
        location=subject.storage.location,
        facts=facts,
        folder=str(subject.folder),
        backlog=seen.backlog if seen else None,
        draining=seen.draining if seen else "unknown",
        losses=losses,
        acknowledged_us=None if ledger is None else ledger.seen_us,
        settings=settings,
        problems=tuple(found),
    )


def _facts(subject: Subject) -> tuple[Facts | None, list[Problem]]:
    """Ask the store; that an application has none yet is no problem."""
    try:
        return subject.storage.facts(), []
    except StorageMissingError as error:
        comes = subject.config is not None and not isinstance(error, FolderMissingError)
        return None, [] if comes else [problems.of_store(error)]
    except Exception as error:  # noqa: BLE001 - engines are written by anybody
        return None, [problems.of_store(error)]


def _seen(
    subject: Subject, settings: Settings | None, now_us: int
) -> tuple[Seen | None, list[Problem]]:
    interval = settings.interval if settings else SpoolConfig().interval
    try:
        seen = look(subject.folder, interval, now_us)
        _require_usable(subject, settings)
    except (ProfilerError, OSError) as error:
        return None, [problems.of_spool(error, subject.folder)]
    return seen, []


def _require_usable(subject: Subject, settings: Settings | None) -> None:
    """Raise unless the spool can be written, or made by an application that measures.

    That is as far as can be told for the user who asks.
    """
    folder, parent = subject.folder, subject.folder.parent
    if folder.is_dir():
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    elif settings is not None and settings.measuring:
        if not parent.is_dir():
            # Without its own folder the store has said so.
            if folder != subject.storage.default_spool():
                raise _unmakeable(folder, f"Create the folder {parent}")
        elif not os.access(parent, os.W_OK | os.X_OK):
            cure = f"Let user id {os.geteuid()} write to {parent}"
            raise _unmakeable(folder, cure)


def _unmakeable(folder: Path, cure: str) -> StorageUnavailableError:
    return StorageUnavailableError(
        f"The spool {folder} can't be made.",
        hint=f"{cure}, or name another folder in storage.SPOOL.",
    )


def _ledger(subject: Subject) -> tuple[Ledger | None, list[Problem]]:
    try:
        return acknowledged.read(subject.folder), []
    except OSError as error:
        return None, [problems.of_spool(error, subject.folder)]
