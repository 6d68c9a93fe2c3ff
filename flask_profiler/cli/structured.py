"""The faces for programs: JSON, one JSON a line, CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from typing import Any

from flask_profiler.cli.screen import Screen
from flask_profiler.formatting import visible
from flask_profiler.serialize import flat, to_json

Record = dict[str, Any]


def print_json(records: Iterable[Record]) -> None:
    """Print an array, a line for each record, without holding them all."""
    write = sys.stdout.write
    lead = "["
    for record in records:
        write(f"{lead}\n  {to_json(record)}")
        lead = ","
    write("[]\n" if lead == "[" else "\n]\n")


def print_object(record: Record) -> None:
    """Print one object over several lines."""
    sys.stdout.write(to_json(record, indent=2) + "\n")


def print_ndjson(records: Iterable[Record]) -> None:
    """Print one JSON value a line."""
    for record in records:
        sys.stdout.write(to_json(record) + "\n")


def print_csv(records: Iterable[Record], screen: Screen, *, headers: bool) -> None:
    """Print comma-separated values, the names of the columns first."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for record in records:
        row = flat(record)
        if headers:
            writer.writerow(row)
            headers = False
        writer.writerow([_cell(value, screen) for value in row.values()])


def _cell(value: object, screen: Screen) -> object:
    """Keep controls out: much CSV meets a terminal behind its pipe."""
    if not isinstance(value, str):
        return value
    text = visible(value).encode(screen.encoding, "backslashreplace")
    return text.decode(screen.encoding)
