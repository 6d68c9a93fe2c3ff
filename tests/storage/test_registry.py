"""An engine is found by name, path or URL; what is wrong with it is said."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
import storage_of_1x as old
from storage_samples import make

from flask_profiler.config import StorageConfig
from flask_profiler.errors import ConfigError
from flask_profiler.query import Filter
from flask_profiler.storage.legacy import LegacyStorage
from flask_profiler.storage.registry import open_storage, open_url
from flask_profiler.storage.sqlite.engine import SQLite

ENGINES = """
from flask_profiler.storage.base import BaseStorage, Storage

class Good(Storage):
    def insert_many(self, measurements, mark=None): ...
    def get(self, id_): ...
    def find(self, filter_, sort=None, page=None): return []
    def delete(self, filter_): return 0

class Half(Storage):
    def get(self, id_): ...

class Old(BaseStorage):
    def __init__(self, config=None):
        super().__init__()
        self.config = config
    def insert(self, measurement): ...
    def filter(self, criteria): return []

class Duck:
    def __init__(self, config): ...
    def insert(self, measurement): ...
    def filter(self, criteria): return []

class Other: ...
number = 7
"""


def opened(engine: str, **options: object):
    return open_storage(StorageConfig(engine=engine, options=options))


@pytest.fixture
def module(tmp_path: Path) -> str:
    name = f"engines_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(ENGINES)
    return name


@pytest.mark.parametrize("name", ["sqlite", "SQLite", "SQLITE"])
def test_sqlite_is_found_in_any_case(name: str) -> None:
    storage = opened(name, FILE="a.sql")
    assert isinstance(storage, SQLite)
    assert storage.location == "sqlite:a.sql"
    assert not Path("a.sql").exists()


def test_the_default_file_is_that_of_1x() -> None:
    assert opened("sqlite").location == "sqlite:flask_profiler.sql"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"FILE": ""}, "storage.FILE is ''"),
        ({"FILE": 7}, "storage.FILE is 7"),
        ({"FILE": None}, "storage.FILE is None"),
        ({"FILE": "a\0b"}, "storage.FILE is"),
        ({"FILE": ":memory:"}, "file on disk"),
        ({"TABLE": ""}, "storage.TABLE is ''"),
        ({"TABLE": 'x"; DROP TABLE y'}, "storage.TABLE is"),
        ({"TABLE": "sqlite_x"}, "storage.TABLE is"),
        ({"TABLE": "1x"}, "storage.TABLE is"),
        ({"TABLE": None}, "storage.TABLE is None"),
        ({"TABLE": "x" * 65}, "up to 64 letters"),
    ],
)
def test_a_wrong_option_is_named(options, message) -> None:
    with pytest.raises(ConfigError, match=message):
        opened("sqlite", **options)


@pytest.mark.parametrize("table", ["select", "with-dash", "täble", "_x", "a$b"])
def test_any_odd_but_plain_table_works(table: str) -> None:
    storage = opened("sqlite", FILE="a.sql", TABLE=table)
    storage.insert_many([make()])
    assert storage.count(Filter()) == 1
    assert storage.delete(Filter()) == 1
    storage.close()


@pytest.mark.parametrize("file", [Path("a.sql"), "ä ?#%20'.sql", os.fsdecode(b"\xff")])
def test_any_file_name_works(file) -> None:
    storage = opened("sqlite", FILE=file)
    storage.insert_many([make()])
    assert storage.count(Filter()) == 1
    assert Path(file).exists()
    storage.close()


def test_two_stores_share_a_file() -> None:
    one, two = (opened("sqlite", FILE="a.sql", TABLE=name) for name in ("one", "two"))
    one.insert_many([make()])
    two.insert_many([make(1), make(2)])
    assert (one.count(Filter()), two.count(Filter())) == (1, 2)


def test_mongodb_is_not_there_yet() -> None:
    with pytest.raises(ConfigError, match="'mongodb' is not available"):
        opened("mongodb")


@pytest.mark.parametrize("engine", ["sqlit", "", "a b.C", ".x", "x."])
def test_an_unknown_name_is_named(engine: str) -> None:
    with pytest.raises(ConfigError, match="is not known") as caught:
        opened(engine)
    assert "dotted path" in str(caught.value.hint)


def test_an_engine_of_one_s_own_is_found_in_the_current_folder(module: str) -> None:
    path = list(sys.path)
    storage = opened(f"{module}.Good", OPTION=1)
    assert type(storage).__name__ == "Good"
    assert storage.options == {"OPTION": 1}
    assert storage.location == f"{module}.Good"
    assert sys.path == path
    sys.path.insert(0, str(Path.cwd()))
    assert type(opened(f"{module}.Good")).__name__ == "Good"
    sys.path.remove(str(Path.cwd()))


@pytest.mark.parametrize("name", ["Old", "Duck"])
def test_an_engine_of_1x_is_adapted(module: str, name: str) -> None:
    storage = opened(f"{module}.{name}", OPTION=1)
    assert isinstance(storage, LegacyStorage)
    assert storage.location == f"{module}.{name}"
    assert storage.find(Filter()) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Half", "lacks delete, find, insert_many"),
        ("Other", "is neither a class derived from"),
        ("number", "is neither a class derived from"),
        ("Nothing", "has no 'Nothing'"),
    ],
)
def test_an_unfit_class_is_told_what_it_lacks(module: str, name, message) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        opened(f"{module}.{name}")
    assert f"{module}.{name}" in str(caught.value)


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="No module named 'nowhere'"):
        opened("nowhere.Engine")


def test_sqlalchemy_on_a_file_is_served_by_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "sa.sql"
    old.make_file(path, "flask_profiler_measurements")
    old.add(path, [old.row(1790000000.0)], "flask_profiler_measurements")
    storage = opened("sqlalchemy", db_url=f"sqlite:///{path}")
    assert storage.count(Filter()) == 1
    storage.insert_many([make()])
    assert storage.upkeep() is False
    assert storage.count(Filter()) == 2
    assert opened("sqlalchemy").location == "sqlite:flask_profiler.sql"


@pytest.mark.parametrize(
    "url", ["mysql://me:secret@host/db", "sqlite://", "postgresql+x://u:secret@h/d"]
)
def test_sqlalchemy_on_anything_else_says_so_without_the_password(url: str) -> None:
    with pytest.raises(ConfigError, match="only sqlite:///FILE") as caught:
        opened("sqlalchemy", db_url=url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["{path}", "sqlite:{path}", "sqlite:///{path}", "SQLITE:///{path}"]
)
def test_a_store_is_opened_by_path_or_url(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.sql"
    opened("sqlite", FILE=str(path)).insert_many([make()])
    assert open_url(text.format(path=path)).count(Filter()) == 1
    assert open_url(text.format(path="a.sql")).count(Filter()) == 1


def test_looking_for_tables_leaves_nothing_beside_a_file(tmp_path: Path) -> None:
    storage = opened("sqlite", FILE="a.sql", TABLE="mine")
    storage.insert_many([make()])
    storage.close()
    assert open_url("a.sql").count(Filter()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.sql"]


def test_the_location_that_is_shown_can_be_opened(tmp_path: Path) -> None:
    storage = opened("sqlite", FILE="odd name%20.sql")
    storage.insert_many([make()])
    assert open_url(storage.location).count(Filter()) == 1
    assert open_url("sqlite:///odd%20name%2520.sql").count(Filter()) == 1


def test_the_only_tables_in_a_file_are_found(tmp_path: Path) -> None:
    opened("sqlite", FILE="a.sql", TABLE="mine").insert_many([make()])
    assert open_url("a.sql").count(Filter()) == 1
    old.make_file(tmp_path / "old.sql", "theirs")
    old.add(tmp_path / "old.sql", [old.row(1790000000.0)], "theirs")
    assert open_url("old.sql").count(Filter()) == 1


def test_several_stores_in_a_file_want_a_name() -> None:
    for n, name in enumerate(("one", "two"), 1):
        storage = opened("sqlite", FILE="a.sql", TABLE=name)
        storage.insert_many([make(at) for at in range(n)])
    with pytest.raises(ConfigError, match="several stores: one, two") as caught:
        open_url("a.sql")
    assert "sqlite:a.sql?table=one" in str(caught.value.hint)
    assert open_url("sqlite:a.sql?table=two").count(Filter()) == 2
    assert open_url("sqlite:///a.sql?table=one").count(Filter()) == 1


def test_a_file_that_is_none_is_opened_and_says_so_when_asked(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x" * 5000)
    for text in ("nothing.sql", "notes.txt", str(tmp_path)):
        assert open_url(text).location == f"sqlite:{text}"


@pytest.mark.parametrize("url", ["mongodb://u:secret@host/db", "http://host/"])
def test_another_scheme_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError, match="no way to read") as caught:
        open_url(url)
    assert "secret" not in str(caught.value)


def test_a_foreign_database_gets_the_default_table() -> None:
    with closing(sqlite3.connect("app.sql")) as db:
        db.execute("CREATE TABLE app_meta (x)")
    storage = open_url("app.sql")
    storage.insert_many([make()])
    assert storage.count(Filter()) == 1
