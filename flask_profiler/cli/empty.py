"""What is said where nothing was found: never nothing."""

from __future__ import annotations

from pathlib import Path

from flask_profiler.cli.asking import Asked
from flask_profiler.cli.failures import Failure, say
from flask_profiler.cli.heading import place
from flask_profiler.cli.options import View
from flask_profiler.cli.output import format_of
from flask_profiler.cli.screen import screen
from flask_profiler.cli.source import Source
from flask_profiler.errors import StorageMissingError
from flask_profiler.formatting import ago_text, count_text, span_text
from flask_profiler.reports.emptiness import Emptiness, emptiness

NAMED = (
    "Look at the path behind --db (or sqlite:///PATH?table=NAME); a store is made with "
    "the first measurement."
)


def nothing_found(source: Source, asked: Asked) -> None:
    """Say on stderr that nothing matches, what there is instead, and what to try."""
    found = emptiness(source.storage, asked.question)
    if not found.outside:
        nothing_stored(source)
        return
    exist = "exists" if found.outside == 1 else "exist"
    newest = ago_text(found.newest_us or 0, asked.question.now_us)
    say(
        f"No measurements match {', '.join(asked.conditions)}. "
        f"{count_text(found.outside)} {exist} outside the filters (newest {newest})."
        f"{_try(found)}"
    )


def nothing_stored(source: Source, missing: StorageMissingError | None = None) -> None:
    """Say on stderr that the store is empty, where it is, and what to do."""
    if missing is not None and source.named:
        raise Failure(str(missing), hint=NAMED) from missing
    if source.named:
        say(f"The store {place(source)} is empty.")
        return
    empty = f"Nothing is measured yet in {place(source)}."
    say(no_store_yet(source) if missing else empty)
    say(f"Hint: {cure_of_nothing(source)}")


def no_store_yet(source: Source) -> str:
    """Say that an application has no store."""
    return f"There is no store yet at {place(source)}."


def cure_of_nothing(source: Source) -> str:
    """Say what an application needs to get a store with something in it."""
    if folder := _missing_folder(source):
        return f"There is no folder {folder}: make it, or change storage.FILE."
    if source.measuring:
        return "Send the application a request; it is shown here at once."
    return (
        "The profiler is switched off: outside debug it measures only with "
        '"enabled": True in its configuration.'
    )


def _missing_folder(source: Source) -> Path | None:
    """Give the folder of a store that is a file, if that folder isn't there."""
    _, _, path = source.storage.location.partition(":")
    folder = Path(path).parent
    return folder if path.startswith("/") and not folder.is_dir() else None


def print_nothing(view: View, nothing: str = "[]") -> None:
    """Print what a program expects where nothing was found."""
    if format_of(view, screen(view.color)) == "json":
        print(nothing)  # noqa: T201 - an answer


def _try(found: Emptiness) -> str:
    if found.span_us is not None:
        return f" Try --since {_hours(found.span_us)}."
    if found.anytime:
        return " Try --since all."
    if found.later:
        return " Try without --until."
    if found.near is not None:
        return f" Did you mean '{found.near}'?"
    return ""


def _hours(span_us: int) -> str:
    text = span_text(span_us)
    return "24h" if text == "1d" else text
