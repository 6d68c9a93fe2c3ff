from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from hosting import environ, install, raw

if TYPE_CHECKING:
    from flask import Flask


def left_by_requests(app: Flask) -> int:
    """Count what 20 requests leave that only the garbage collector can free."""
    for _ in range(3):
        raw(app, environ("/a")).read()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            raw(app, environ("/a")).read()
        return gc.collect()
    finally:
        gc.enable()


def test_a_request_leaves_no_more_garbage_than_without(app: Flask) -> None:
    """What waits for the collector can't be used again at once, which is slow."""
    app.get("/<name>")(lambda name: name)
    plain = left_by_requests(app)
    install(app)
    assert left_by_requests(app) == plain
