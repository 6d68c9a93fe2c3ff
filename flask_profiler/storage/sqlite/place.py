"""Where a store is: the file, and the tables in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask_profiler.errors import ConfigError

DEFAULT_FILE = "flask_profiler.sql"
DEFAULT_TABLE = "measurements"

_TABLE = re.compile(r"(?!sqlite_)[^\W\d][\w$-]{0,63}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A file and the prefix of our tables in it."""

    path: Path
    """Absolute from the beginning: a later `chdir` changes nothing."""
    given: str
    """The path as it was written, for people."""
    table: str = DEFAULT_TABLE

    @classmethod
    def from_options(cls, options: Mapping[str, object]) -> Place:
        """Read `FILE` and `TABLE`; a `ConfigError` names what is wrong with them."""
        file = options.get("FILE", DEFAULT_FILE)
        if not isinstance(file, str | os.PathLike):
            raise _wrong("FILE", file, "a path to a file")
        given = os.fsdecode(os.fspath(file))
        if not given or "\0" in given or given == ":memory:":
            raise _wrong("FILE", file, "a path to a file on disk")
        table = options.get("TABLE", DEFAULT_TABLE)
        if not isinstance(table, str) or not _TABLE.fullmatch(table):
            raise _wrong(
                "TABLE",
                table,
                "up to 64 letters, digits, '_', '$' and '-', not beginning with a "
                "digit or 'sqlite_'",
            )
        return cls(Path(given).absolute(), given, table)

    def beside(self, suffix: str) -> Path:
        """Give the path of what belongs to the file: beside what links lead to."""
        real = Path(os.path.realpath(self.path))
        return real.with_name(real.name + suffix)


def size_of(path: Path) -> int:
    """Tell how many bytes a file has, 0 if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _wrong(key: str, value: object, allowed: str) -> ConfigError:
    return ConfigError(f"storage.{key} is {value!r}; allowed is {allowed}.")
