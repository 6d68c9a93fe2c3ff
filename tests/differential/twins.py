"""One application with the profiler, one without, and what the first has stored."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asked import Asked, Log
from asking import Got, ask
from flask import Flask, request
from host_app import Shape, built
from werkzeug.exceptions import HTTPException

import flask_profiler
from flask_profiler.errors import StorageMissingError
from flask_profiler.query import Filter
from flask_profiler.recorder import drain_for_reader
from flask_profiler.spool.folder import folder_for
from flask_profiler.state import state_of


@dataclass(frozen=True)
class Settings:
    """How the profiler is configured."""

    whole_app: bool = False
    """Installed by `Profiler`, which tracks endpoints that are declared later."""
    unread: bool = False
    unmatched: bool = False
    ignores: bool = False
    samples: bool = False
    captures: bool = True

    def mapping(self, file: Path) -> dict[str, Any]:
        return {
            "enabled": True,
            "storage": {"FILE": str(file)},
            "spool": {"drain": False},
            "capture": {
                "unread": self.unread,
                "headers": self.captures,
                "body": self.captures,
            },
            "unmatched": self.unmatched,
            "ignore": ["^/ignored/", "item"] if self.ignores else [],
            "sampling_function": sampled if self.samples else None,
        }


def sampled() -> bool:
    """Take every other request."""
    return bool(request.environ["test.asked"].number % 2)


@dataclass
class Twin:
    """An application and all that it has noted."""

    log: Log = field(default_factory=list)
    app: Flask = field(init=False)


class Twins:
    """The same application twice, the second with the profiler."""

    def __init__(self, shape: Shape, settings: Settings, file: Path) -> None:
        self.settings = settings
        self.plain, self.profiled = Twin(), Twin()
        self.plain.app = built(shape, self.plain.log, lambda _app: None)
        mapping = settings.mapping(file)

        def install(app: Flask) -> None:
            app.config["flask_profiler"] = mapping
            if settings.whole_app:
                flask_profiler.Profiler(app)
            else:
                flask_profiler.init_app(app)

        self.profiled.app = built(shape, self.profiled.log, install)

    def ask(self, asked: Asked) -> tuple[Got, Got]:
        """Ask both the same; what they have noted is that of this request."""
        got = []
        for twin in (self.plain, self.profiled):
            with _uncollected():
                twin.log.clear()
                got.append(ask(twin.app, asked, twin.log))
        return got[0], got[1]

    def noted(self) -> tuple[Log, Log]:
        """Give both logs; where `unread` is on, without the reads that it allows."""
        if self.settings.unread:
            return _until_left(self.plain.log), _until_left(self.profiled.log)
        return self.plain.log, self.profiled.log

    def name_of(self, asked: Asked) -> str | None:
        """Say under which name a request has to be stored, if it has to be."""
        name, endpoint = _matched(self.plain.app, asked)
        return name if self.measures(endpoint, asked) else None

    def measures(self, endpoint: str | None, asked: Asked) -> bool:
        """Tell whether a request for an endpoint has to be stored."""
        settings = self.settings
        if settings.samples and not asked.number % 2:
            return False
        if endpoint is None:
            return settings.unmatched
        if endpoint == "late":
            return settings.whole_app
        return not (settings.ignores and endpoint in ("ignored", "item"))

    def stored(self) -> list[tuple[Any, ...]]:
        """Drain as a reader; give number, method, name, status and size of all."""
        state = state_of(self.profiled.app)
        assert state is not None
        storage = state.storage
        outcome = drain_for_reader(storage, folder_for(storage, None), 30.0)
        assert not outcome.waiting, outcome
        try:
            found = storage.find(Filter())
        except StorageMissingError:
            return []
        return sorted(
            (number_of(m.context.url), m.method, m.name, m.status, m.size)
            for m in found
        )

    def close(self) -> None:
        state = state_of(self.profiled.app)
        assert state is not None
        assert state.recorder is not None
        state.recorder.close()
        state.storage.close()


def number_of(url: str | None) -> int:
    """Read the number of a request from its URL."""
    found = re.search(r"[?&]id=(\d+)", url or "")
    assert found, url
    return int(found[1])


@contextmanager
def twins(shape: Shape, settings: Settings, file: Path) -> Iterator[Twins]:
    """Make both applications, and close what was opened for them."""
    made = Twins(shape, settings, file)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep garbage from noting its end in the middle of another request."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _matched(app: Flask, asked: Asked) -> tuple[str, str | None]:
    adapter = app.url_map.bind("localhost")
    path = asked.path.encode("latin-1").decode("utf-8", "replace")
    try:
        rule, _ = adapter.match(path, asked.method, return_rule=True)
    except HTTPException:
        return "(unmatched)", None
    if asked.method == "OPTIONS":
        return "(unmatched)", None
    return rule.rule, rule.endpoint


def _until_left(log: Log) -> Log:
    """Leave out what is read once the application has answered: that may be gone."""
    left = log.index(("left",))
    return log[:left] + [entry for entry in log[left:] if entry[0] != "input"]
