"""`flask profiler drain`: move what waits into the store, once or from now on."""

from __future__ import annotations

from dataclasses import asdict

import click

from flask_profiler.cli.absent import tell_of_absent
from flask_profiler.cli.draining import drained_once
from flask_profiler.cli.failures import Misuse, ProfilerCommand, leave
from flask_profiler.cli.options import Origin, source_options
from flask_profiler.cli.source import Source, find_source
from flask_profiler.cli.watch import Watch, ended_by_signals
from flask_profiler.formatting import number_of
from flask_profiler.serialize import to_json


@click.command(
    "drain", cls=ProfilerCommand, short_help="Move what waits into the store."
)
@click.option("--watch", is_flag=True, help="Stay, and drain until SIGTERM or Ctrl+C.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what goes wrong.")
@click.option("--json", "as_json", is_flag=True, help="Give the figures as JSON.")
@source_options
def command(*, watch: bool, quiet: bool, as_json: bool, origin: Origin) -> None:
    """Move the measurements that wait in the spool into the store.

    Once, and with exit code 1 if something has to stay; or with --watch from now on,
    for workers that don't drain themselves. Any number of drainers may run.
    """
    if as_json and (watch or quiet):
        raise Misuse(f"--json and --{'watch' if watch else 'quiet'} can't go together.")
    source = find_source(origin)
    if watch:
        watching = Watch(source, quiet=quiet)
        with ended_by_signals(watching.end):
            watching.run()
    else:
        _once(source, quiet=quiet, as_json=as_json)


def _once(source: Source, *, quiet: bool, as_json: bool) -> None:
    source = drained_once(source)
    outcome = source.outcome
    if as_json:
        click.echo(to_json({"format": 1, **asdict(outcome)}))
    elif not quiet:
        moved = number_of(outcome.drained, "measurement")
        nothing = "Nothing to drain." if outcome.waiting == 0 else "Nothing drained."
        click.echo(f"{moved} drained." if outcome.drained else nothing)
    tell_of_absent(source)
    leave(0 if outcome.waiting == 0 and outcome.reason is None else 1)
