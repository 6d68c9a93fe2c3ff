"""What a person sees, kept in `screens/`; `UPDATE_SCREENS=1` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.cells import cell_len
from terminal import Terminal

SCREENS = Path(__file__).parent / "screens"

CASES = {
    "summary": ("summary",),
    "summary-put": ("summary", "-m", "PUT", "-m", "DELETE", "--since", "3h"),
    "list": ("list", "-n", "8"),
    "list-slow": ("list", "-n", "5", "--sort", "elapsed,desc", "--min", "100ms"),
    "show": ("show", "slowest", "-m", "PUT"),
    "show-error": ("show", "last", "-c", "5xx", "-e", "/checkout"),
}


@pytest.mark.parametrize("columns", [80, 100, 130])
@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("store")
def test_a_screen_looks_as_it_did(name: str, columns: int, terminal: Terminal) -> None:
    shown = terminal.type("profiler", *CASES[name], "--db", "shop.sql", columns=columns)
    kept = SCREENS / f"{name}-{columns}.txt"
    text = "\n".join(shown.lines) + "\n"
    if os.environ.get("UPDATE_SCREENS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    assert shown.code == 0
    assert text == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("kept", sorted(SCREENS.glob("*.txt")), ids=lambda p: p.stem)
def test_no_line_is_wider_than_its_terminal(kept: Path) -> None:
    columns = int(kept.stem.rpartition("-")[2])
    lines = kept.read_text(encoding="utf-8").splitlines()
    assert max(map(cell_len, lines)) <= columns
