"""The pages say what the code does: no key and no option is missing or made up."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import click
import pytest

from flask_profiler.cli import profiler
from flask_profiler.config import Config, known_keys
from flask_profiler.measurement import Measurement
from flask_profiler.query import ROUTE, Filter

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)")
KEY = re.compile(r"^### `([\w.]+)`$", re.MULTILINE)


def python_blocks(page: Path) -> list[str]:
    return [code for kind, code in BLOCK.findall(page.read_text()) if kind == "python"]


BLOCKS = [
    pytest.param(code, id=f"{page.name}-{index}")
    for page in PAGES
    for index, code in enumerate(python_blocks(page))
]


def test_every_configuration_key_has_its_entry_and_no_other_has() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert sorted(KEY.findall(page)) == sorted(known_keys())


def test_every_entry_says_the_type_and_shows_an_example() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text()
    entries = KEY.split(page)
    for key, entry in zip(entries[1::2], entries[2::2], strict=True):
        code = BLOCK.search(entry)
        assert code, key
        assert key.rpartition(".")[2] in code[2], key
        if key not in {"basicAuth.username", "basicAuth.password"}:
            assert "Default: " in entry, key


@pytest.mark.parametrize("code", BLOCKS)
def test_a_python_block_runs(code: str, tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(code)
    names = runpy.run_path(str(script))
    if "CONFIG" in names:
        assert isinstance(names["CONFIG"], dict)
        Config.from_mapping(names["CONFIG"], debug=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


def commands() -> list[tuple[str, click.Command]]:
    context = click.Context(profiler)
    found = []
    for name in profiler.list_commands(context):
        command = profiler.get_command(context, name)
        assert command is not None
        found.append((name, command))
    return found


def test_every_command_has_its_section_and_no_other_has() -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    sections = re.findall(r"^## `flask profiler (\w+)", page, re.MULTILINE)
    assert sorted(sections) == sorted(name for name, _ in commands())


def test_every_option_is_explained_and_no_other_is() -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    explained = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", page))
    existing = {
        text
        for _, command in commands()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for text in (*parameter.opts, *parameter.secondary_opts)
        if text.startswith("--")
    }
    assert explained - {"--help", "--app"} == existing - {"--help"}


def test_a_command_and_its_options_explain_themselves() -> None:
    for name, command in commands():
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.name}"


def test_the_engine_on_the_page_keeps_what_it_is_given(tmp_path: Path) -> None:
    script = tmp_path / "engines.py"
    script.write_text(python_blocks(ROOT / "docs" / "python.md")[-1])
    storage = runpy.run_path(str(script))["MemoryStorage"]({})
    one = Measurement(
        uid="0" * 24, started_us=1, elapsed_us=5, method="GET", name="/", status=200
    )
    storage.insert_many([one])
    storage.insert_many([one])
    assert storage.count(Filter()) == 1
    assert storage.get("1").uid == one.uid
    [group] = storage.aggregate(Filter(), ROUTE)
    assert (group.key, group.total_us) == (("GET", "/"), 5)
    assert storage.delete(Filter(methods=("GET",))) == 1
    assert storage.find(Filter()) == []
