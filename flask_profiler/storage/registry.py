"""Find the engine that a configuration or a URL names."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from flask_profiler.config import StorageConfig
from flask_profiler.errors import ConfigError
from flask_profiler.storage.base import Storage
from flask_profiler.storage.legacy import LegacyStorage, is_legacy
from flask_profiler.storage.sqlite import discovery
from flask_profiler.storage.sqlite.engine import SQLite

_HINT = "Use 'sqlite', or the dotted path of a class: 'package.module.Class'."


def open_storage(config: StorageConfig) -> Storage:
    """Build the storage that the configuration names; no input or output yet.

    A `ConfigError` says what is wrong with the name, the class, or an option.
    """
    match config.engine.lower():
        case "sqlite":
            return SQLite(config.options)
        case "sqlalchemy":
            return _sqlalchemy(config)
        case "mongodb":
            raise ConfigError(
                "storage.engine 'mongodb' is not available in this version.", hint=_HINT
            )
    return _custom(config)


def open_url(text: str) -> Storage:
    """Build the storage at a path or URL, as `--db` takes it.

    A path, `sqlite:PATH`, or `sqlite:///PATH` (a fourth slash for an absolute one),
    with `?table=NAME` where the tables don't begin with `measurements`. Without it, the
    only tables of ours or of 1.x in the file are taken.
    """
    scheme, separator, rest = text.partition(":")
    if scheme.lower() == "sqlite" and separator:
        return _sqlite_at(rest)
    if "://" in text:
        raise ConfigError(
            f"There is no way to read {scheme}:// addresses in this version.",
            hint="Give the path of an SQLite file, or sqlite:///PATH.",
        )
    return SQLite(discovery.options_for(text))


def _sqlite_at(rest: str) -> Storage:
    path, _, query = rest.partition("?")
    if path.startswith("//") and not path.startswith("///"):
        raise ConfigError(
            f"The address sqlite:{path} has two slashes, and needs three.",
            hint=f"Write sqlite:/{path}, or the path alone.",
        )
    if path.startswith("//"):
        path = unquote(urlsplit(f"sqlite:{path}").path[1:])
    table = parse_qs(query).get("table")
    if table:
        return SQLite({"FILE": path, "TABLE": table[-1]})
    return SQLite(discovery.options_for(path))


def _sqlalchemy(config: StorageConfig) -> Storage:
    url = str(config.options.get("db_url", "sqlite:///flask_profiler.sql"))
    scheme, separator, path = url.partition(":///")
    if scheme.partition("+")[0] != "sqlite" or not separator or not path:
        raise ConfigError(
            f"storage.engine 'sqlalchemy' with a {scheme.partition('://')[0]} address: "
            "only sqlite:///FILE is served, by the engine 'sqlite'.",
            hint=_HINT,
        )
    table = "flask_profiler_measurements"
    file = path.partition("?")[0]
    return SQLite({**config.options, "FILE": file, "TABLE": table})


def _custom(config: StorageConfig) -> Storage:
    found = _imported(config.engine)
    if isinstance(found, type) and issubclass(found, Storage):
        missing = sorted(found.__abstractmethods__)
        if missing:
            raise _unfit(config.engine, f"lacks {', '.join(missing)}")
        return found(config.options)
    if isinstance(found, type) and is_legacy(found):
        return LegacyStorage(config.options, found)
    raise _unfit(
        config.engine,
        "is neither a class derived from flask_profiler.Storage, nor one of 1.x with "
        "insert and filter",
    )


def _imported(dotted: str) -> object:
    module, _, name = dotted.rpartition(".")
    if not module or not all(part.isidentifier() for part in dotted.split(".")):
        raise ConfigError(f"storage.engine {dotted!r} is not known.", hint=_HINT)
    with _current_directory_importable():
        try:
            found: object = getattr(importlib.import_module(module), name)
        except ImportError as error:
            raise ConfigError(
                f"storage.engine {dotted!r} can't be imported: {error}.", hint=_HINT
            ) from error
        except AttributeError as error:
            raise ConfigError(
                f"storage.engine {dotted!r}: the module {module!r} has no {name!r}.",
                hint=_HINT,
            ) from error
    return found


def _unfit(dotted: str, reason: str) -> ConfigError:
    return ConfigError(
        f"storage.engine {dotted!r} {reason}.",
        hint="See flask_profiler/storage/base.py for what an engine needs.",
    )


@contextmanager
def _current_directory_importable() -> Iterator[None]:
    folder = str(Path.cwd())
    if folder in sys.path:
        yield
        return
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        if folder in sys.path:
            sys.path.remove(folder)
