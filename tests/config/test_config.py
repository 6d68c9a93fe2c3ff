"""What may stand in `app.config["flask_profiler"]`, and what comes of it."""

from __future__ import annotations

import logging
import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from flask_profiler.config import (
    BasicAuth,
    CaptureConfig,
    Config,
    SpoolConfig,
    known_keys,
)
from flask_profiler.errors import ConfigError


def config_of(**mapping: Any) -> Config:
    return Config.from_mapping(mapping, debug=False)


def refused(mapping: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        Config.from_mapping(mapping, debug=False)
    return str(caught.value)


def a_function() -> bool:
    return True


@pytest.mark.parametrize("mapping", [None, {}])
def test_nothing_configured_means_the_defaults(mapping: Any) -> None:
    assert Config.from_mapping(mapping, debug=False) == Config()


def test_defaults_are_the_documented_ones() -> None:
    config = Config.from_mapping(None, debug=False)
    assert (config.enabled, config.verbose, config.unmatched) == (False, False, False)
    assert (config.storage.engine, config.storage.options) == ("sqlite", {})
    assert config.storage.spool is None
    assert config.spool == SpoolConfig(max_bytes=2**28, interval=0.25, drain=True)
    assert config.capture == CaptureConfig(
        headers=True, form=True, body=True, unread=False, max_body=4096
    )
    assert (config.ignore, config.redact) == ((), ())
    assert config.endpoint_root == "flask-profiler"
    assert config.thresholds == (0.1, 0.4)
    absent = ("basic_auth", "sampling_function", "authorize", "retention", "version")
    assert [getattr(config, name) for name in absent] == [None] * 5


def test_debug_turns_on_measuring_and_unread_bodies() -> None:
    config = Config.from_mapping(None, debug=True)
    assert config.enabled
    assert config.capture.unread


def test_what_is_configured_wins_over_debug() -> None:
    mapping = {"enabled": False, "capture": {"unread": False}}
    config = Config.from_mapping(mapping, debug=True)
    assert not config.enabled
    assert not config.capture.unread


def test_one_capture_key_leaves_the_others_at_their_defaults() -> None:
    config = Config.from_mapping({"capture": {"headers": False}}, debug=True)
    assert config.capture == CaptureConfig(headers=False, unread=True)


@pytest.mark.parametrize(
    ("key", "value", "attribute", "expected"),
    [
        ("enabled", True, "enabled", True),
        ("verbose", True, "verbose", True),
        ("unmatched", True, "unmatched", True),
        ("endpointRoot", "/secret/root/", "endpoint_root", "secret/root"),
        ("redact", ["iban", "note"], "redact", ("iban", "note")),
        ("redact", {"iban"}, "redact", ("iban",)),
        ("sampling_function", a_function, "sampling_function", a_function),
        ("authorize", a_function, "authorize", a_function),
        ("retention", {"days": 3}, "retention", {"days": 3}),
        ("thresholds", (1, 2.5), "thresholds", (1.0, 2.5)),
        ("version", "1.4", "version", "1.4"),
        ("version", a_function, "version", a_function),
        ("spool", {"interval": 1}, "spool", SpoolConfig(interval=1.0)),
        ("spool", {"drain": False}, "spool", SpoolConfig(drain=False)),
        ("capture", {"max_body": 0}, "capture", CaptureConfig(max_body=0)),
        ("basicAuth", {"enabled": False}, "basic_auth", BasicAuth(enabled=False)),
        ("basicAuth", {"username": "a"}, "basic_auth", BasicAuth(False, "a")),
        ("basicAuth", None, "basic_auth", None),
        ("sampling_function", None, "sampling_function", None),
        ("version", None, "version", None),
    ],
)
def test_value_arrives(key: str, value: Any, attribute: str, expected: Any) -> None:
    assert getattr(config_of(**{key: value}), attribute) == expected


def test_basic_auth_keeps_its_password_out_of_its_repr() -> None:
    auth = {"enabled": True, "username": "admin", "password": "hunter2"}
    config = config_of(basicAuth=auth)
    assert config.basic_auth == BasicAuth(**auth)
    assert "hunter2" not in repr(config)


def test_ignore_takes_expressions_as_text_and_compiled() -> None:
    compiled = re.compile("^/Health", re.IGNORECASE)
    config = config_of(ignore=["^/static/.*", compiled])
    assert config.ignore == (re.compile("^/static/.*"), compiled)


@pytest.mark.parametrize("engine", ["sqlite", "SQLite", "MongoDB", "SQLAlchemy"])
def test_engines_with_a_name_are_found_in_any_case(engine: str) -> None:
    assert config_of(storage={"engine": engine}).storage.engine == engine.lower()


def test_a_dotted_path_stays_as_it_was_written() -> None:
    engine = "custom.project.Flask_Profiler.MysqlStorage"
    assert config_of(storage={"engine": engine}).storage.engine == engine


def test_storage_options_arrive_whole_and_frozen() -> None:
    written = {"engine": "pkg.mod.Class", "MYSQL": "mysql://u:p@h/db", "FILE": 3}
    storage = config_of(storage=written).storage
    written["late"] = True
    assert storage.options == {
        "engine": "pkg.mod.Class",
        "MYSQL": "mysql://u:p@h/db",
        "FILE": 3,
    }
    assert isinstance(storage.options, MappingProxyType)


@pytest.mark.parametrize("spool", ["spool", Path("spool")])
def test_the_spool_folder_becomes_absolute(spool: object, tmp_path: Path) -> None:
    assert config_of(storage={"SPOOL": spool}).storage.spool == tmp_path / "spool"


def test_the_configuration_is_frozen() -> None:
    config = Config()
    for field in fields(config):
        with pytest.raises(FrozenInstanceError):
            setattr(config, field.name, None)


@pytest.mark.parametrize(
    ("mapping", "key", "value", "allowed"),
    [
        ({"enabled": 1}, "enabled", "1", "True or False"),
        ({"enabled": None}, "enabled", "None", "True or False"),
        ({"verbose": "yes"}, "verbose", "'yes'", "True or False"),
        ({"unmatched": 0}, "unmatched", "0", "True or False"),
        ({"storage": "sqlite"}, "storage", "'sqlite'", "a dict"),
        ({"storage": {"FILE": 3}}, "storage.FILE", "3", "a path"),
        ({"storage": {"FILE": ""}}, "storage.FILE", "''", "a path"),
        ({"storage": {"FILE": b"a"}}, "storage.FILE", "b'a'", "a path"),
        ({"storage": {"FILE": "a\0b"}}, "storage.FILE", r"'a\x00b'", "a path"),
        ({"storage": {"TABLE": None}}, "storage.TABLE", "None", "text"),
        ({"storage": {"SPOOL": True}}, "storage.SPOOL", "True", "a path"),
        (
            {"storage": {"engine": "mongodb", "DATABASE": 1}},
            "storage.DATABASE",
            "1",
            "text",
        ),
        ({"endpointRoot": 3}, "endpointRoot", "3", "text"),
        ({"endpointRoot": "/"}, "endpointRoot", "''", "text that isn't empty"),
        ({"ignore": "^/static"}, "ignore", "'^/static'", "Write ['^/static']"),
        ({"ignore": 3}, "ignore", "3", "a list of texts"),
        ({"ignore": ["^/a", 3]}, "ignore[1]", "3", "text"),
        ({"ignore": ["^/a", "("]}, "ignore[1]", "'('", "unterminated subpattern"),
        ({"ignore": [re.compile(b"a")]}, "ignore[0]", "re.compile(b'a')", "text"),
        ({"redact": "iban"}, "redact", "'iban'", "Write ['iban']"),
        ({"redact": [3]}, "redact[0]", "3", "text"),
        ({"sampling_function": True}, "sampling_function", "True", "a callable"),
        ({"authorize": "admin"}, "authorize", "'admin'", "a callable"),
        ({"retention": 30}, "retention", "30", "a dict"),
        ({"version": 2}, "version", "2", "text or a callable"),
        ({"thresholds": 0.1}, "thresholds", "0.1", "two increasing numbers"),
        ({"thresholds": [0.4, 0.1]}, "thresholds", "[0.4, 0.1]", "two increasing"),
        ({"thresholds": [0, 1]}, "thresholds", "[0, 1]", "two increasing numbers"),
        ({"thresholds": [1, "2"]}, "thresholds", "[1, '2']", "two increasing numbers"),
        ({"thresholds": [1, 2, 3]}, "thresholds", "[1, 2, 3]", "two increasing"),
        ({"spool": False}, "spool", "False", "a dict"),
        ({"spool": {"max_bytes": 1e9}}, "spool.max_bytes", "1000000000.0", "integer"),
        ({"spool": {"max_bytes": True}}, "spool.max_bytes", "True", "an integer"),
        ({"spool": {"max_bytes": 9}}, "spool.max_bytes", "9", "at least 65536"),
        ({"spool": {"interval": 0}}, "spool.interval", "0", "a number above 0"),
        ({"spool": {"interval": True}}, "spool.interval", "True", "a number above 0"),
        ({"spool": {"interval": float("inf")}}, "spool.interval", "inf", "a number"),
        ({"spool": {"drain": 1}}, "spool.drain", "1", "True or False"),
        ({"capture": []}, "capture", "[]", "a dict"),
        ({"capture": {"max_body": -1}}, "capture.max_body", "-1", "at least 0"),
        ({"capture": {"headers": 1}}, "capture.headers", "1", "True or False"),
    ],
)
def test_a_wrong_value_is_answered_with_key_value_and_what_is_allowed(
    mapping: Any, key: str, value: str, allowed: str
) -> None:
    message = refused(mapping)
    assert f" {key} must be " in message
    assert f"not {value}" in message
    assert allowed in message


@pytest.mark.parametrize("mapping", [[], "sqlite", 3, [("enabled", True)]])
def test_anything_but_a_mapping_is_refused(mapping: object) -> None:
    message = refused(mapping)
    assert "app.config['flask_profiler'] must be a dict" in message
    assert type(mapping).__name__ in message


@pytest.mark.parametrize(
    ("engine", "meant"),
    [
        ("sqlalchmey", "sqlalchemy"),
        ("SQLLite", "sqlite"),
        ("mongo", "mongodb"),
        ("", ""),
        ("not a.path", ""),
        ("a..B", ""),
    ],
)
def test_an_unknown_engine_is_refused_with_the_nearest(engine: str, meant: str) -> None:
    message = refused({"storage": {"engine": engine}})
    assert "storage.engine must be sqlite, mongodb or the dotted path" in message
    assert repr(engine) in message
    assert meant in message.rpartition("Did you mean")[2]


@pytest.mark.parametrize(
    "mapping",
    [
        {"basicAuth": ["admin", "hunter2"]},
        {"basicAuth": {"enabled": True, "password": ["hunter2"]}},
        {"basicAuth": {"enabled": "hunter2"}},
        {"storage": ["mongodb://admin:hunter2@localhost"]},
        {"storage": {"engine": "mongodb", "MONGO_URL": ["mongodb://a:hunter2@h"]}},
        {"storage": {"engine": "mongodb", "MONGO_URL": {"password": "hunter2"}}},
        {"storage": {"engine": "mongodb://a:b/hunter2@h"}},
        [("basicAuth", {"password": "hunter2"})],
    ],
)
def test_no_message_shows_a_password(mapping: Any) -> None:
    assert "hunter2" not in refused(mapping)


@pytest.mark.parametrize("missing", ["username", "password"])
def test_basic_auth_that_is_on_needs_both_its_parts(missing: str) -> None:
    auth: dict[str, object] = {"enabled": True, "username": "u", "password": "p"}
    del auth[missing]
    assert f"basicAuth.{missing} must be text" in refused({"basicAuth": auth})


def test_a_long_value_is_cut_in_the_message() -> None:
    assert len(refused({"enabled": "x" * 10_000})) < 200


@pytest.mark.parametrize(
    ("mapping", "unknown", "meant"),
    [
        ({"enabeld": True}, "enabeld", "enabled"),
        ({"basicauth": {}}, "basicauth", "basicAuth"),
        ({"sampling": a_function}, "sampling", "sampling_function"),
        ({"spool": {"max_byte": 1}}, "spool.max_byte", "spool.max_bytes"),
        ({"capture": {"unred": True}}, "capture.unred", "capture.unread"),
        ({"basicAuth": {"user": "a"}}, "basicAuth.user", "basicAuth.username"),
        ({"storage": {"file": "a"}}, "storage.file", "storage.FILE"),
        ({"storage": {"Table": "a"}}, "storage.Table", "storage.TABLE"),
        ({"storage": {"spol": "a"}}, "storage.spol", "storage.SPOOL"),
        ({7: True}, "7", ""),
    ],
)
def test_an_unknown_key_is_warned_of_with_the_nearest(
    mapping: Any, unknown: str, meant: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "flask_profiler"):
        assert Config.from_mapping(mapping, debug=False).enabled is False
    [record] = caplog.records
    assert f"unknown key {unknown} has no effect" in record.message
    assert record.message.endswith(f"nearest known key is {meant}" if meant else "")


@pytest.mark.parametrize(
    "storage",
    [
        {"engine": "pkg.mod.Class", "file": "a", "Table": "b"},
        {"engine": "sqlite", "db_url": "sqlite:///a", "MYSQL": "mysql://"},
    ],
)
def test_foreign_storage_keys_are_not_warned_of(
    storage: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    assert config_of(storage=storage).storage.options == storage
    assert not caplog.records


def test_known_keys_are_those_that_cause_no_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for key in known_keys():
        parent, _, name = key.rpartition(".")
        mapping: dict[str, object] = {parent: {name: None}} if parent else {name: None}
        try:
            Config.from_mapping(mapping, debug=False)
        except ConfigError as error:
            assert key in str(error)
    assert not caplog.records
