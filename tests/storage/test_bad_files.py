"""Whatever is wrong with the file: a clear error, and nothing stored is harmed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from storage_others import as_nobody, small_disk, with_file_limit
from storage_samples import make, typical

from flask_profiler.errors import (
    StorageBusyError,
    StorageMissingError,
    StorageUnavailableError,
)
from flask_profiler.query import ROUTE, Filter
from flask_profiler.storage.base import Mark
from flask_profiler.storage.sqlite import questions
from flask_profiler.storage.sqlite.engine import SQLite

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can come to."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.sql"


def at(path: Path) -> SQLite:
    return SQLite({"FILE": str(path)})


def failing(action) -> StorageUnavailableError:
    with pytest.raises(StorageUnavailableError) as caught:
        action()
    return caught.value


def told(action) -> tuple[str, str]:
    """Give message and hint of the error that an action raises."""
    try:
        action()
    except StorageUnavailableError as error:
        return str(error), str(error.hint)
    return "no error", ""


def test_a_reader_creates_nothing(tmp_path: Path) -> None:
    storage = at(tmp_path / "new.sql")
    questions = [
        lambda: storage.find(Filter()),
        lambda: storage.get("1"),
        lambda: storage.aggregate(Filter(), ROUTE),
        lambda: storage.count(Filter()),
        storage.extent,
        lambda: storage.mark("segment"),
        lambda: storage.forget(["segment"]),
        lambda: storage.delete(Filter()),
    ]
    for question in questions:
        with pytest.raises(StorageMissingError, match=r"no database at .*new\.sql"):
            question()
    assert storage.upkeep() is False
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_has_no_measurements(tmp_path: Path) -> None:
    path = tmp_path / "empty.sql"
    path.touch()
    with pytest.raises(StorageMissingError, match="has no measurements"):
        at(path).find(Filter())
    with pytest.raises(StorageMissingError, match="has no measurements"):
        at(path).delete(Filter())
    assert path.stat().st_size == 0


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    storage = at(tmp_path / "nowhere" / "a.sql")
    for action in (lambda: storage.insert_many([make()]), storage.extent):
        error = failing(action)
        assert f"no folder {tmp_path / 'nowhere'}" in str(error)
        assert "Create the folder" in str(error.hint)


def test_a_directory_is_called_one(tmp_path: Path) -> None:
    for action in (lambda: at(tmp_path).insert_many([make()]), at(tmp_path).extent):
        error = failing(action)
        assert "is a directory" in str(error)
        assert "path of a file" in str(error.hint)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    storage = at(tmp_path / "file" / "a.sql")
    for action in (lambda: storage.insert_many([make()]), storage.extent):
        assert "file/a.sql" in str(failing(action))


@pytest.mark.parametrize("size", [10, 5000])
def test_another_kind_of_file_is_left_alone(tmp_path: Path, size: int) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n" * size)
    before = path.read_bytes()
    for action in (lambda: at(path).insert_many([make()]), at(path).extent):
        error = failing(action)
        assert "is not an SQLite database" in str(error)
        assert "another path" in str(error.hint)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_another_program_s_database_keeps_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "app.sql"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE users (name)")
        db.execute("INSERT INTO users VALUES ('ann')")
    db.close()
    with pytest.raises(StorageMissingError, match="has no measurements"):
        at(path).find(Filter())
    at(path).insert_many([make()])
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT * FROM users").fetchall() == [("ann",)]
    db.close()


def test_an_unreadable_file_says_who_lacks_access(folder: Path) -> None:
    path = folder / "a.sql"
    at(path).insert_many([make()])
    path.chmod(0)
    message, hint = as_nobody(lambda: told(at(path).extent))
    assert "can't be read" in message
    assert f"read {path}" in hint
    message, _ = as_nobody(lambda: told(lambda: at(path).insert_many([make()])))
    assert "can't be read" in message
    path.chmod(0o644)
    assert at(path).count(Filter()) == 1


def test_a_locked_folder_says_who_lacks_access(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    at(inner / "a.sql").insert_many([make()])
    inner.chmod(0)
    message, hint = as_nobody(lambda: told(at(inner / "a.sql").extent))
    inner.chmod(0o755)
    assert "can't be entered" in message
    assert f"into {inner}" in hint


def test_a_read_only_folder_takes_no_new_file(folder: Path) -> None:
    folder.chmod(0o555)
    path = folder / "a.sql"
    message, hint = as_nobody(lambda: told(lambda: at(path).insert_many([make()])))
    folder.chmod(0o755)
    assert "folder that can't be written" in message
    assert f"write to {folder}" in hint
    assert not path.exists()


def test_a_read_only_file_is_read_and_not_written(folder: Path) -> None:
    path = folder / "a.sql"
    storage = at(path)
    storage.insert_many([make()])
    path.chmod(0o444)
    folder.chmod(0o777)
    assert as_nobody(lambda: at(path).count(Filter())) == 1
    message, hint = as_nobody(lambda: told(lambda: at(path).insert_many([make()])))
    assert "can't be written" in message
    assert f"write {path}" in hint
    assert storage.count(Filter()) == 1


def test_a_file_at_rest_is_read_in_a_read_only_folder(folder: Path) -> None:
    path = folder / "a.sql"
    storage = at(path)
    storage.insert_many(typical(10))
    storage.close()
    assert [p.name for p in folder.iterdir()] == ["a.sql"]
    folder.chmod(0o555)

    def twice() -> tuple[int, int]:
        reader = at(path)
        return reader.count(Filter()), len(reader.find(Filter()))

    assert as_nobody(twice) == (10, 10)
    folder.chmod(0o755)
    assert [p.name for p in folder.iterdir()] == ["a.sql"]


def test_a_file_in_use_is_read_in_a_read_only_folder(folder: Path) -> None:
    path = folder / "a.sql"
    storage = at(path)
    storage.insert_many(typical(10))
    assert (folder / "a.sql-wal").exists()
    assert as_nobody(lambda: at(path).count(Filter())) == 10
    storage.insert_many(typical(10))
    assert storage.count(Filter()) == 20
    storage.close()


def test_a_wal_that_can_not_be_joined_is_an_error_not_a_wrong_answer(
    folder: Path,
) -> None:
    path = folder / "a.sql"
    storage = at(path)
    storage.insert_many(typical(10))
    copies = folder / "copies"
    copies.mkdir()
    for name in ("a.sql", "a.sql-wal"):
        shutil.copy(folder / name, copies / name)
    storage.close()
    copies.chmod(0o555)
    message, hint = as_nobody(lambda: told(at(copies / "a.sql").extent))
    copies.chmod(0o755)
    assert "folder that can't be written" in message
    assert f"write to {copies}" in hint
    assert at(copies / "a.sql").count(Filter()) == 10


def test_a_question_is_asked_again_if_somebody_writes_meanwhile(path: Path) -> None:
    storage = at(path)
    storage.insert_many([make()])
    storage.close()
    reader, writers = at(path), iter([at(path)])
    seen = []

    def question(source) -> int:
        seen.append(source.connection)
        for writer in writers:
            writer.insert_many([make(1)])
        return questions.count(source, Filter())

    assert reader._session.ask(question) == 2
    assert len(seen) == 2


def test_a_file_that_never_rests_is_busy(path: Path) -> None:
    storage = at(path)
    storage.insert_many([make()])
    storage.close()

    def question(source) -> None:
        writer = at(path)
        writer.insert_many([make(1)])
        writer.close()

    with pytest.raises(StorageBusyError, match="written each time"):
        at(path)._session.ask(question)


def test_reading_a_file_at_rest_leaves_nothing_beside_it(
    path: Path, tmp_path: Path
) -> None:
    storage = at(path)
    storage.insert_many(typical(3))
    storage.close()
    assert at(path).count(Filter()) == 3
    assert len(at(path).find(Filter())) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_keeps_what_is_stored(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 600_000) as mounted:
        path = tmp_path / "disk" / "a.sql"
        fill = lambda: filled(path)  # noqa: E731
        message = fill() if mounted else with_file_limit(300_000, fill)
        assert "disk is full" in message or "input/output error" in message
        storage = at(path)
        stored = storage.count(Filter())
        assert stored % 100 == 0
        assert storage.mark("segment") == stored
        assert len(storage.find(Filter())) == stored
        storage.close()


def filled(path: Path) -> str:
    """Insert until it doesn't fit, and give the message."""
    storage = at(path)
    for step in range(1, 1000):
        try:
            storage.insert_many(typical(100, step * 100), Mark("segment", step * 100))
        except StorageUnavailableError as error:
            assert "room" in str(error.hint) or "disk" in str(error.hint)
            return str(error)
    return "no error"


def test_a_process_that_may_not_grow_files_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    message = with_file_limit(200_000, lambda: filled(path))
    assert "input/output error" in message or "disk is full" in message
    storage = at(path)
    assert storage.mark("segment") == storage.count(Filter())


def test_a_newer_schema_is_neither_read_nor_written(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    storage = at(path)
    storage.insert_many([make()])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE measurements_meta SET value = 99 WHERE key = 'schema'")
    db.close()
    for asked in (storage, at(path)):
        for action in (lambda: asked.insert_many([make(1)]), asked.extent):  # noqa: B023
            error = failing(action)
            assert "schema version 99" in str(error)
            assert "Upgrade flask-profiler" in str(error.hint)
    assert not asked.upkeep.__self__._session._pool.seat().in_transaction


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE measurements_meta (name)",
        "CREATE TABLE measurements_meta (key, value)",
        "CREATE TABLE measurements_meta AS SELECT 'schema' AS key, 'x' AS value",
    ],
)
def test_a_table_of_somebody_else_under_our_name_is_left_alone(
    path: Path, statement: str
) -> None:
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()
    for action in (lambda: at(path).insert_many([make()]), at(path).extent):
        error = failing(action)
        assert "has a table 'measurements_meta' of somebody else" in str(error)
        assert "storage.TABLE" in str(error.hint)


def test_a_damaged_file_says_so_and_is_not_made_worse(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    storage = at(path)
    storage.insert_many(typical(2000))
    storage.close()
    with path.open("r+b") as file:
        for page in range(5, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(os.urandom(4096))
    before = path.read_bytes()
    for action in (
        lambda: storage.find(Filter()),
        lambda: storage.aggregate(Filter(), ROUTE),
        lambda: storage.insert_many(typical(500, 5000)),
    ):
        error = failing(action)
        assert "is damaged" in str(error)
        assert ".recover" in str(error.hint)
    storage.close()
    assert path.read_bytes() == before


def test_a_damaged_block_of_contexts_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    storage = at(path)
    storage.insert_many(typical(10))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE measurements_contexts SET data = x'00112233445566'")
    db.close()
    assert storage.count(Filter()) == 10
    assert "is damaged" in str(failing(lambda: storage.find(Filter())))


def test_a_locked_file_is_busy_at_once_and_free_later(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    storage = at(path)
    storage.insert_many([make()])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageBusyError, match="locked"):
        storage.insert_many([make(1)])
    with (
        pytest.raises(StorageBusyError, match="locked"),
        storage.transaction(wait=0.05),
    ):
        raise AssertionError("entered")
    assert storage.count(Filter()) == 1
    other.execute("COMMIT")
    storage.insert_many([make(1)])
    assert storage.count(Filter()) == 2
    other.close()


def test_links_in_a_circle_say_so(tmp_path: Path) -> None:
    path = tmp_path / "circle.sql"
    path.symlink_to(path)
    for action in (lambda: at(path).insert_many([make()]), at(path).extent):
        assert "Too many levels of symbolic links" in str(failing(action))


def test_something_in_the_place_of_the_wal_says_where_to_look(path: Path) -> None:
    storage = at(path)
    storage.insert_many([make()])
    storage.close()
    Path(f"{path}-wal").mkdir()
    for action in (lambda: at(path).insert_many([make()]), at(path).extent):
        error = failing(action)
        assert "can't be opened" in str(error)
        assert "what lies beside it" in str(error.hint)


def test_a_broken_json_in_a_row_is_nothing(path: Path) -> None:
    storage = at(path)
    storage.insert_many([make(kwargs={"a": 1}), make(1, kwargs={"a": 1})])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE measurements_data SET kwargs = '{x' WHERE id = 1")
        db.execute("UPDATE measurements_data SET kwargs = '[1]' WHERE id = 2")
    db.close()
    assert [m.kwargs for m in storage.find(Filter())] == [{}, {}]
    assert storage.count(Filter(kwargs=(("a", "1"),))) == 0


def test_a_link_is_followed_to_the_file_and_what_is_beside_it(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    path = tmp_path / "link.sql"
    path.symlink_to(real / "a.sql")
    writer = at(path)
    writer.insert_many([make()])
    assert at(path).count(Filter()) == 1
    writer.insert_many([make(1)])
    assert at(path).count(Filter()) == 2
    assert sorted(p.name for p in real.iterdir()) == ["a.sql", "a.sql-shm", "a.sql-wal"]
    assert writer.default_spool() == real / "a.sql.spool"
    writer.close()
    assert at(path).count(Filter()) == 2
