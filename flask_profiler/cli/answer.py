"""The way of every question: open, ask, print, or say why there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from flask_profiler.cli.absent import tell_of_absent
from flask_profiler.cli.asking import Asked
from flask_profiler.cli.empty import nothing_found, nothing_stored, print_nothing
from flask_profiler.cli.options import Origin, View
from flask_profiler.cli.source import Source, open_source
from flask_profiler.errors import ProfilerError, StorageMissingError

Printing: TypeAlias = Callable[[], None]


def answer(
    origin: Origin,
    view: View,
    asked: Asked,
    report: Callable[[Source], Printing | None],
    nothing: str = "[]",
) -> None:
    """Let `report` ask, and print what it gives, or `nothing`, which is JSON.

    `report` gives what prints its answer; `None` where nothing was found.
    """
    source = open_source(origin)
    try:
        with _telling_of_absent(source):
            printing = report(source)
        if printing is not None:
            printing()
            return
        nothing_found(source, asked)
    except StorageMissingError as missing:
        nothing_stored(source, missing)
    print_nothing(view, nothing)


@contextmanager
def _telling_of_absent(source: Source) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        tell_of_absent(source, error)
        if isinstance(error, ProfilerError):
            error.hint = source.cure(error.hint)
        raise
    tell_of_absent(source)
