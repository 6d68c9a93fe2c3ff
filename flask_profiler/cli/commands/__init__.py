"""One module a command, each with its `command`."""

from __future__ import annotations
