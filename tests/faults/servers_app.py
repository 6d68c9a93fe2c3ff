"""What the servers serve. The tests copy it into the folder where they run."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from flask import Flask, abort, redirect, request, send_file

import flask_profiler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response

app = Flask(__name__)
app.config["flask_profiler"] = {
    "enabled": os.environ.get("PROFILED") != "no",
    "storage": {"engine": "sqlite", "FILE": "store.sql"},
    "spool": {"max_bytes": int(os.environ.get("SPOOLED", "268435456"))},
}


@app.after_request
def signed(response: Response) -> Response:
    response.headers["X-Worker"] = f"{os.getpid():08d}"
    return response


@app.get("/item/<int:number>")
def item(number: int) -> str:
    return f"{number:08d}"


@app.get("/hang/<int:number>")
def hang(number: int) -> str:
    """Hold up the whole worker, under gevent too."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        pass
    return str(number)


@app.post("/echo")
def echo() -> dict[str, object]:
    return {"form": request.form, "data": request.get_data(as_text=True)}


@app.get("/stream/<int:number>")
def stream(number: int) -> Iterator[bytes]:
    return (b"%d\n" % part for part in range(number))


@app.get("/file")
def file() -> Response:
    return send_file(__file__, mimetype="text/x-python", etag=False, last_modified=1)


@app.get("/away")
def away() -> object:
    return redirect("/item/1")


@app.get("/fails/<int:status>")
def fails(status: int) -> None:
    abort(status)


@app.get("/breaks")
def breaks() -> None:
    raise LookupError("broken on purpose")


@app.get("/breaks/late")
def breaks_late() -> Iterator[bytes]:
    yield b"begun"
    raise LookupError("broken in the middle")


flask_profiler.init_app(app)
