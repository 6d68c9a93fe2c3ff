"""An application of one's own, and the end of what was opened for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from flask_profiler import state
from flask_profiler.instrument import by_hand


@pytest.fixture
def app() -> Flask:
    return Flask("host")


@pytest.fixture(autouse=True)
def only_states_of_this_test(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no profiler of an earlier test count as one of this process."""
    monkeypatch.setattr(state, "_states", type(state._states)())
    by_hand._warned.clear()
    yield
    for found in list(state._states):
        if found.recorder is not None:
            found.recorder.close()
            found.storage.close()
