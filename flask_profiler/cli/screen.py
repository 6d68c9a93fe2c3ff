"""What the output can show: width, colours, characters."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

from flask_profiler.formatting import visible

_PLAINER = str.maketrans(
    {
        "µ": "u",
        "·": ".",
        "…": "~",
        "█": "#",
        "▌": "#",
        "▐": "#",
        "─": "-",
        "▁": "_",
        "▂": ".",
        "▃": ":",
        "▄": "-",
        "▅": "=",
        "▆": "+",
        "▇": "*",
    }
)
"""Each character of ours, and one of ASCII with the same width."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Where output goes: decided by `sys.stdout` alone."""

    terminal: bool
    width: int
    height: int
    color: bool
    encoding: str
    unicode: bool
    """Whether the encoding holds our block characters."""

    def safe(self, text: str) -> str:
        """Give a text that neither acts on a terminal nor fails to be encoded."""
        shown = visible(text)
        if self.unicode:
            return shown
        plain = shown.translate(_PLAINER)
        return plain.encode(self.encoding, "backslashreplace").decode(self.encoding)


def screen(color: str = "auto") -> Screen:
    """Look at the standard output; `color` is auto, always or never."""
    terminal = sys.stdout.isatty()
    size = shutil.get_terminal_size((80, 24))
    encoding = sys.stdout.encoding or "ascii"
    return Screen(
        terminal=terminal,
        width=size.columns,
        height=size.lines,
        color=color == "always" or (color == "auto" and _colorful(terminal=terminal)),
        encoding=encoding,
        unicode=_holds(encoding),
    )


def _colorful(*, terminal: bool) -> bool:
    dumb = os.environ.get("TERM") in {"dumb", "unknown"}
    return terminal and not dumb and not os.environ.get("NO_COLOR")


def _holds(encoding: str) -> bool:
    try:
        "".join(map(chr, _PLAINER)).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
