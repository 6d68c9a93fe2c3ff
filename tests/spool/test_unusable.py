"""What the system refuses is said in words, with the path and the cure."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from flask_profiler.spool.refuge import refuge_of
from flask_profiler.spool.unusable import unusable
from flask_profiler.spool.writer import Writer

CURES = {
    errno.EACCES: "Let user id {uid} read and write there",
    errno.ENOSPC: "Make room there",
    errno.ENOENT: "Create the folder /srv",
    errno.ELOOP: "Look at what is there",
}


@pytest.mark.parametrize("code", CURES)
def test_a_refusal_of_the_system_has_its_cure(code: int) -> None:
    reason = os.strerror(code)
    failure = unusable(Path("/srv/spool"), "read", OSError(code, reason, "/srv/spool"))
    assert str(failure) == f"The spool /srv/spool can't be read: {reason}."
    cure = CURES[code].format(uid=os.geteuid())
    assert failure.hint == f"{cure}, or name another folder in storage.SPOOL."


def test_what_may_not_be_the_spool_s_fault_has_no_cure_there() -> None:
    error = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    assert unusable(Path("spool"), "drained", error).hint is None


def test_a_spool_without_a_folder_to_be_in_names_it_and_where_lines_are_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "none" / "spool"
    writer = Writer(folder, 1_000_000)
    assert writer.append(b"{}\n")
    (record,) = caplog.records
    assert record.message == (
        f"flask_profiler spools to {refuge_of(folder)}: The spool {folder} can't be "
        f"written: No such file or directory. Create the folder {tmp_path / 'none'}, "
        "or name another folder in storage.SPOOL."
    )
    writer.close()
