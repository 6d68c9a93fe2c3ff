"""What a status makes of the rights of whoever asks, and of settings."""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

import pytest
from memory_engine import NOW_US, Memory

from flask_profiler.config import CaptureConfig, Config
from flask_profiler.reports.problems import of_draining
from flask_profiler.reports.settings import settings_of
from flask_profiler.reports.status import Subject, status_of
from flask_profiler.results import Backlog
from flask_profiler.spool import counters
from flask_profiler.spool.counters import Counts


def refuse(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Have the system say no to whoever wants into a folder."""
    real = os.access

    def access(asked: Path, mode: int) -> bool:
        return asked != path and real(asked, mode)

    monkeypatch.setattr(os, "access", access)


def test_a_spool_that_may_not_be_written_is_unusable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(0o700)
    refuse(monkeypatch, folder)
    status = status_of(Subject(Memory(), folder), NOW_US)
    [problem] = status.problems
    assert problem.code == "spool-unusable"
    assert problem.cure is not None
    assert problem.cure.startswith(f"Let user id {os.geteuid()} read and write there")


@pytest.mark.parametrize("measuring", [True, False])
def test_a_spool_that_cannot_be_made_concerns_only_who_measures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measuring: bool
) -> None:
    refuse(monkeypatch, tmp_path)
    subject = Subject(Memory(), tmp_path / "spool", Config(enabled=measuring))
    status = status_of(subject, NOW_US)
    assert [problem.message for problem in status.problems] == (
        [f"The spool {tmp_path / 'spool'} can't be made."] if measuring else []
    )
    assert status_of(Subject(Memory(), tmp_path / "spool"), NOW_US).problems == ()


def test_counts_that_cannot_be_read_are_not_known(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(0o700)
    counters.add(folder, Counts(dropped=1))
    (folder / counters.FILE).unlink()
    (folder / counters.FILE).symlink_to("elsewhere")
    status = status_of(Subject(Memory(), folder), NOW_US)
    assert status.losses is None
    assert [problem.code for problem in status.problems] == ["spool-unusable"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (1, "Draining is too slow: 1 measurement waits, for up to 1m30s, while"),
        (2000, "Draining is too slow: 2,000 measurements wait, for up to 1m30s, while"),
    ],
)
def test_draining_that_lags_behind_is_told_from_none(lines: int, said: str) -> None:
    since_us = NOW_US - 90_000_000
    backlog = Backlog(lines=lines, bytes=1, size=1, writers=1, since_us=since_us)
    [problem] = of_draining("behind", backlog, None, NOW_US)
    assert problem.code == "draining-behind"
    assert problem.message.startswith(said)
    assert "drain --watch" in str(problem.cure)


def test_a_store_in_memory_tells_its_ends(tmp_path: Path) -> None:
    status = status_of(Subject(Memory(), tmp_path / "spool"), NOW_US)
    assert status.facts is not None
    assert (status.facts.count, status.facts.newest_us) == (None, None)
    assert status.problems == ()


class Chooses:
    def __call__(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (Chooses(), f"{__name__}.Chooses"),
        (functools.partial(int, "1"), "functools.partial"),
        (os.getpid, "posix.getpid"),
    ],
)
def test_a_sampling_function_of_any_kind_has_a_name(
    function: object, name: str
) -> None:
    config = Config.from_mapping({"sampling_function": function}, debug=False)
    assert settings_of(config).sampling == name


def test_what_is_captured_and_ignored_is_named() -> None:
    config = Config(capture=CaptureConfig(form=False), ignore=(re.compile("^/x"),))
    settings = settings_of(config)
    assert settings.captured == ("headers", "body")
    assert settings.ignore == ("^/x",)
    assert settings.reserved == ()
