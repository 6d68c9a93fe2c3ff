from __future__ import annotations

import logging

import pytest

from flask_profiler.guard import shielded


@pytest.mark.swallows
def test_an_exception_of_ours_is_logged_once_a_kind(
    caplog: pytest.LogCaptureFixture, swallowed: list[BaseException]
) -> None:
    with caplog.at_level(logging.ERROR, "flask_profiler"):
        for error in (ValueError("one"), ValueError("two"), KeyError("three")):
            with shielded("testing"):
                raise error
    assert len(swallowed) == 3
    assert [record.args[1] for record in caplog.records if record.args] == [
        "ValueError",
        "KeyError",
    ]


def test_what_is_not_an_exception_passes() -> None:
    with pytest.raises(SystemExit), shielded("testing"):
        raise SystemExit


def test_nothing_happens_without_an_error() -> None:
    with shielded("testing"):
        pass
