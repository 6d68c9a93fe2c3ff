"""The examples run as they stand, and the profiler sees of them what it should."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SEND = """
import sys
sys.path.insert(0, {folder!r})
from {module} import {name}
app = {call}
client = app.test_client()
for method, path, form in {requests!r}:
    client.open(path, method=method, data=form, buffered=True).close()
"""


def run(folder: Path, environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def examples(root: Path, tmp_path: Path) -> Path:
    """A copy of the examples, so that their stores don't stay in the repository."""
    left = shutil.ignore_patterns("*.sql*", "*.spool", "__pycache__")
    return Path(shutil.copytree(root / "examples", tmp_path / "examples", ignore=left))


def send(folder: Path, environment: dict[str, str], app: str, requests: Any) -> None:
    module, _, call = app.partition(":")
    name = call.partition("(")[0]
    code = SEND.format(
        folder=str(folder), module=module, name=name, call=call, requests=requests
    )
    run(folder, environment, sys.executable, "-c", code)


def listed(folder: Path, environment: dict[str, str], app: str) -> list[Any]:
    command = ("--app", app, "profiler", "list", "--json", "-n", "all")
    answer = run(folder, environment, sys.executable, "-m", "flask", *command)
    measurements: list[Any] = json.loads(answer)
    return measurements


def test_the_quick_start_measures_what_1x_measured(
    examples: Path, typed_as: dict[str, str]
) -> None:
    requests = [
        ("GET", "/products", None),
        ("GET", "/product/123", None),
        ("PUT", "/product/123", {"arg1": "val1"}),
        ("GET", "/static/something/", None),
        ("GET", "/doSomething", None),
        ("GET", "/doSomethingImportant", None),
    ]
    send(examples, typed_as, "quickstart:app", requests)
    found = listed(examples, typed_as, "quickstart:app")
    assert sorted((m["method"], m["name"]) for m in found) == [
        ("GET", "/doSomethingImportant"),
        ("GET", "/product/<id>"),
        ("GET", "/products"),
        ("PUT", "/product/<id>"),
    ]
    [put] = [m for m in found if m["method"] == "PUT"]
    show = ("--app", "quickstart:app", "profiler", "show", str(put["id"]))
    shown = run(examples, typed_as, sys.executable, "-m", "flask", *show)
    assert re.search(r"arg1\W+val1", shown)


def test_the_factory_measures_what_is_registered_after_init_app(
    examples: Path, typed_as: dict[str, str]
) -> None:
    requests = [("GET", "/hello/world", None), ("GET", "/bye/world", None)]
    send(examples, typed_as, "factory:create_app()", requests)
    found = listed(examples, typed_as, "factory:create_app()")
    assert sorted(m["name"] for m in found) == ["/bye/<name>", "/hello/<name>"]


@pytest.mark.parametrize(
    ("module", "app"), [("quickstart", "app"), ("factory", "create_app()")]
)
def test_what_an_example_says_to_type_finds_its_measurements(
    module: str, app: str, examples: Path, typed_as: dict[str, str]
) -> None:
    said = re.findall(
        r"^flask .*profiler.*$", (examples / f"{module}.py").read_text(), re.MULTILINE
    )
    requests = [("GET", "/products", None), ("GET", "/hello/world", None)]
    send(examples, typed_as, f"{module}:{app}", requests)
    assert said
    for line in said:
        shown = run(examples, typed_as, sys.executable, "-m", *line.split())
        assert "GET" in shown


def test_the_demo_answers_and_leaves_nothing_running(
    examples: Path, typed_as: dict[str, str]
) -> None:
    shown = run(examples, typed_as, sys.executable, "demo.py")
    asked = re.findall(r"^\$ (.*)$", shown, re.MULTILINE)
    assert asked[:2] == [
        "flask profiler summary",
        "flask profiler list --sort elapsed,desc --method PUT",
    ]
    assert re.fullmatch(r"flask profiler show \d+", asked[2])
    [measured] = re.findall(r"^(\d+) of them are measured: ", shown, re.MULTILINE)
    assert f" · {measured} requests · " in shown
    [port] = re.findall(r"http://127\.0\.0\.1:(\d+)", shown)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=5)
    statuses = {m["status"] for m in listed(examples / "shop", typed_as, "wsgi")}
    assert statuses >= {200, 404}
