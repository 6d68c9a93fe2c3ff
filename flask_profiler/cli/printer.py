"""Styled lines on a terminal, through rich with all its guesses switched off."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from flask_profiler.cli.screen import Screen
from flask_profiler.cli.sheet import Line


class _Console(Console):
    """Leave a closed pipe to the command; rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Printer:
    """Print lines of styled text; nothing in them is taken for markup."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self._console = _Console(
            file=sys.stdout,
            color_system="standard" if screen.color else None,
            force_terminal=screen.color,
            no_color=not screen.color,
            width=screen.width,
            height=screen.height,
            markup=False,
            emoji=False,
            highlight=False,
            soft_wrap=True,
        )

    def line(self, spans: Line) -> None:
        """Print one line, without blanks at its end."""
        text = Text()
        for content, style in spans:
            text.append(self.screen.safe(content), style or None)
        text.rstrip()
        self._console.print(text)
