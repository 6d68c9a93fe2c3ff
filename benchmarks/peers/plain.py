"""Nothing beside Flask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import flask


def install(app: flask.Flask) -> None:
    """Leave the application as it is."""
    del app
