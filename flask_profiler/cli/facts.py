"""Facts: names and texts, before anything is laid out, and how a pipe gets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from flask_profiler.cli.screen import Screen

Fact: TypeAlias = tuple[str, str]
"""A name and what it is."""


def plain_facts(facts: Sequence[Fact], where: Screen) -> str:
    """Give a name and a value a line, uncut."""
    width = max(len(name) for name, _ in facts)
    return "".join(f"{name:<{width}}  {where.safe(text)}\n" for name, text in facts)
