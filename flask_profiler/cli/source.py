"""Where a command reads: a store named with `--db`, or that of the application."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import click
from flask import Flask
from flask.cli import NoAppException, ScriptInfo
from flask.helpers import get_debug_flag

from flask_profiler.cli.failures import Misuse
from flask_profiler.cli.options import Origin
from flask_profiler.config import Config
from flask_profiler.errors import ConfigError, ProfilerError
from flask_profiler.recorder import Outcome, drain_for_reader
from flask_profiler.spool.folder import folder_for
from flask_profiler.state import state_of
from flask_profiler.storage.base import Storage
from flask_profiler.storage.registry import open_url

_PATIENCE = 2.0
"""Seconds that draining may take before a question is answered."""
_DEFAULTS = Config()
_NOTHING_WAITS = Outcome(0, 0)
_USUAL_FILE = "flask_profiler.sql"


@dataclass(frozen=True, slots=True)
class Source:
    """A store to read from."""

    storage: Storage
    title: str = ""
    """The application's name."""
    thresholds: tuple[float, float] = _DEFAULTS.thresholds
    measuring: bool = True
    """False: the application's profiler is switched off."""
    named: bool = False
    """True: the store was named with `--db`."""
    config: Config | None = None
    """The application's; `None`: none was loaded."""
    spool: Path = Path()
    outcome: Outcome = _NOTHING_WAITS
    """How draining the spool went."""

    def cure(self, hint: str | None) -> str | None:
        """Give a hint in words that fit how the store was named."""
        if hint is None or not self.named:
            return hint
        of_table = hint.replace("storage.TABLE", "?table= of --db")
        return of_table.replace("storage.FILE", "--db")


def open_source(origin: Origin) -> Source:
    """Open the store, and drain what waits for it."""
    source = find_source(origin)
    outcome = drain_for_reader(source.storage, source.spool, _PATIENCE)
    return replace(source, outcome=outcome)


def find_source(origin: Origin) -> Source:
    """Open the store and leave it as it is."""
    if origin.db is not None:
        source, configured = Source(_named(origin.db), named=True), None
    else:
        source, configured = _of_application(debug=origin.debug)
    click.get_current_context().call_on_close(source.storage.close)
    return replace(source, spool=folder_for(source.storage, configured))


def _named(db: str) -> Storage:
    try:
        return open_url(db)
    except ConfigError as error:
        hint = error.hint or "Give the path of an SQLite file, or sqlite:///PATH."
        raise Misuse(f"--db: {error}", hint=hint) from error


def _of_application(*, debug: bool) -> tuple[Source, Path | None]:
    app = _load(debug=debug)
    state = state_of(app)
    if state is None:
        raise Misuse(
            f"The application '{app.name}' has no profiler.",
            hint="Call flask_profiler.init_app(app), or name a store with --db.",
        )
    source = Source(
        storage=state.storage,
        title=app.name,
        thresholds=state.config.thresholds,
        measuring=state.recorder is not None,
        config=state.config,
    )
    return source, state.config.storage.spool


def _load(*, debug: bool) -> Flask:
    """Load the application; what it prints on the way goes to stderr."""
    info = click.get_current_context().ensure_object(ScriptInfo)
    load: Callable[[], Flask] = info.load_app
    try:
        with redirect_stdout(sys.stderr):
            return load()
    except NoAppException as error:
        raise _no_application(error) from error
    except (Exception, SystemExit) as error:
        if debug or get_debug_flag():
            raise
        raise _broken(error) from error


def _no_application(error: NoAppException) -> Misuse:
    lines = error.format_message().strip().splitlines()
    first = next(iter(lines), "There is no application.")
    # Flask puts a whole traceback into the message where an import inside failed.
    cause = f" {lines[-1].strip()}" if "Traceback" in error.format_message() else ""
    usual = _USUAL_FILE if Path(_USUAL_FILE).is_file() else "PATH"
    return Misuse(
        first + cause if cause else " ".join(line.strip() for line in lines) or first,
        hint=f"--db {usual} reads a store without an application.",
    )


def _broken(error: BaseException) -> Misuse:
    cure = error.hint if isinstance(error, ProfilerError) else None
    return Misuse(
        f"The application can't be loaded: {type(error).__name__}: {error}",
        hint=cure or "--db PATH reads a store without it; --debug shows the traceback.",
    )
