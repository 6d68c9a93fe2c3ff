"""The application under the soak; it is copied into the folder that it is served in."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from flask import Flask, abort, request

import flask_profiler

if TYPE_CHECKING:
    from collections.abc import Iterator

app = Flask(__name__)
app.config["flask_profiler"] = {
    "enabled": True,
    "storage": {"engine": "sqlite", "FILE": "store.sql"},
}


@app.get("/small/<int:number>")
def small(number: int) -> dict[str, int]:
    return {"number": number}


@app.post("/echo/<int:number>")
def echo(number: int) -> str:
    return f"{number} {hashlib.sha256(request.get_data()).hexdigest()}"


@app.post("/form/<int:number>")
def form(number: int) -> str:
    return f"{number} {sorted(request.form)}"


@app.route("/sleep/<int:number>/<int:ms>", methods=["GET", "PUT", "DELETE"])
def sleep(number: int, ms: int) -> str:
    time.sleep(ms / 1000)
    return f"{request.method} {number}"


@app.get("/stream/<int:number>/<int:pieces>")
def stream(number: int, pieces: int) -> Iterator[str]:
    def body() -> Iterator[str]:
        for piece in range(pieces):
            time.sleep(0.005)
            yield f"{number} {piece}\n" * 50

    return body()


@app.get("/fails/<int:number>/<int:status>")
def fails(number: int, status: int) -> str:
    if status == 599:
        raise RuntimeError(f"number {number}")
    abort(status)


@app.get("/text/<int:number>/<text>")
def text(number: int, text: str) -> str:
    return f"{number} {len(text)} {len(request.args.get('q', ''))}"


flask_profiler.init_app(app)
