"""What every test stands on: no swallowed error goes unseen, no default file."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from flask_profiler import guard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Started in the background of a shell we would ignore it, and every server with us.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def swallowed(request: pytest.FixtureRequest) -> Iterator[list[BaseException]]:
    """Collect what the profiler swallows; fail the test unless it expects that."""
    errors: list[BaseException] = []
    guard.on_swallowed.append(errors.append)
    guard._seen.clear()
    yield errors
    guard.on_swallowed.remove(errors.append)
    if errors and not request.node.get_closest_marker("swallows"):
        raise errors[0]


@pytest.fixture(autouse=True)
def in_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep every test away from the default database of whoever runs it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
