"""The way of every question: open, ask, print, or say why there is nothing."""

from __future__ import annotations

from collections.abc import Callable

from flask_profiler.cli.asking import Asked
from flask_profiler.cli.empty import nothing_found, nothing_stored, print_nothing
from flask_profiler.cli.options import Origin, View
from flask_profiler.cli.source import Source, open_source
from flask_profiler.errors import StorageMissingError


def answer(
    origin: Origin,
    view: View,
    asked: Asked,
    report: Callable[[Source], bool],
    nothing: str = "[]",
) -> None:
    """Let `report` ask and print; `nothing` is the JSON of an answer without content.

    `report` gives False, and prints nothing, where nothing was found.
    """
    source = open_source(origin)
    try:
        if report(source):
            return
        nothing_found(source, asked)
    except StorageMissingError as missing:
        nothing_stored(source, missing)
    print_nothing(view, nothing)
