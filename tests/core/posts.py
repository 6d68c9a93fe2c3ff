"""Views that read a body, or don't."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from hosting import install


def posting(app: Flask, read: str | None = None, **config: Any) -> Flask:
    """Declare a view that reads the body in one way or not at all, and install."""

    @app.route("/", methods=["POST", "PUT"])
    def view() -> str:
        if read == "get_json":
            return str(request.get_json(silent=True) is None)
        return "" if read is None else str(getattr(request, read) is None)

    return install(app, **config)
