"""`flask profiler status`: whether all is well, and what is switched on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from flask_profiler.cli.failures import ProfilerCommand, leave
from flask_profiler.cli.options import Origin, View, source_options, view_options
from flask_profiler.cli.source import Source, find_source
from flask_profiler.cli.status_output import show_status
from flask_profiler.reports.status import Subject, status_of
from flask_profiler.results import Status
from flask_profiler.spool.acknowledged import acknowledge as note_as_seen
from flask_profiler.spool.unusable import unusable


@click.command(
    "status", cls=ProfilerCommand, short_help="Say whether all is well, and why not."
)
@click.option(
    "--acknowledge",
    is_flag=True,
    help="Note that you know of what was lost up to now: it is a problem no longer.",
)
@view_options
@source_options
def command(acknowledge: bool, view: View, origin: Origin) -> None:  # noqa: FBT001
    """Say how the store and the spool are, and what is switched on.

    Looks only: nothing is drained, and no store is made. Ends with 1 if something is
    wrong, and says what cures it.
    """
    source, clock = find_source(origin), view.clock
    if acknowledge:
        _acknowledge(source.spool, clock.now_us)
    subject = Subject(source.storage, source.spool, source.config)
    status = _fitting(status_of(subject, clock.now_us), source)
    show_status(source, status, view, clock)
    leave(1 if status.problems else 0)


def _acknowledge(folder: Path, now_us: int) -> None:
    try:
        note_as_seen(folder, now_us)
    except OSError as error:
        raise unusable(folder, "written", error) from error


def _fitting(status: Status, source: Source) -> Status:
    """Put the cures into words that fit how the store was named."""
    problems = tuple(replace(p, cure=source.cure(p.cure)) for p in status.problems)
    return replace(status, problems=problems)
