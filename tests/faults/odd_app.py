"""A host that does odd things. The tests copy it into the folder where servers run."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, copy_current_request_context, request
from odd_bodies import bodies, note

import flask_profiler

app = Flask(__name__)
app.register_blueprint(bodies)
app.config["flask_profiler"] = {
    "enabled": os.environ.get("PROFILED") != "no",
    "storage": {"engine": "sqlite", "FILE": "store.sql"},
    "ignore": ["^/census/"],
    "capture": {"unread": os.environ.get("UNREAD") == "yes"},
}
INSIDE = 100_000
"""What the number of a request is greater by that is made inside another."""
RAISED: dict[str, type[BaseException]] = {
    "system-exit": SystemExit,
    "generator-exit": GeneratorExit,
    "keyboard-interrupt": KeyboardInterrupt,
    "memory-error": MemoryError,
    "key-error": KeyError,
}


@app.get("/item/<int:number>")
def item(number: int) -> str:
    return f"{number:08d}"


@app.get("/raises/<name>/<int:number>")
def raises(name: str, number: int) -> str:
    raise RAISED[name]("odd")


@app.get("/teardown/<int:number>")
def torn(number: int) -> str:
    return "torn"


@app.teardown_request
def teardown(_error: BaseException | None) -> None:
    if request.endpoint == "torn":
        raise ArithmeticError("teardown")


@app.get("/calls/<int:number>")
def calls(number: int) -> str:
    return "called " + app.view_functions["item"](number=number)


@app.get("/client/<int:number>")
def client(number: int) -> str:
    return ask_inside(number) + request.path


def ask_inside(number: int) -> str:
    return app.test_client().get(f"/item/{number + INSIDE}").text


@app.get("/contexts/<int:number>")
def contexts(number: int) -> str:
    seen = []
    with app.test_request_context("/item/1"):
        seen.append(request.path)
        with app.app_context():
            seen.append(str(app.preprocess_request()))
    pushed = app.request_context({**request.environ, "PATH_INFO": "/calls/2"})
    pushed.push()
    seen.append(request.path)
    pushed.pop()
    return f"{seen} {request.path}"


@app.get("/thread/<int:number>")
def outliving_thread(number: int) -> str:
    go_on = threading.Event()

    @copy_current_request_context
    def work() -> None:
        go_on.wait(20)
        note(f"thread {request.path} {ask_inside(number)}")

    threading.Thread(target=work).start()
    response = Response("started")
    response.call_on_close(go_on.set)
    return response


@app.get("/fork/<int:number>")
def forks(number: int) -> str:
    child = os.fork()
    if not child:
        try:
            note(f"child {ask_inside(number)}")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    return "forked"


@app.get("/fork-and-leave/<int:number>")
def child_answers(number: int) -> str:
    """Leave the answer to a child; the worker is gone."""
    if os.fork():
        os._exit(0)
    return "by the child"


@app.get("/process/<int:number>")
def process(number: int) -> str:
    context = multiprocessing.get_context("fork")
    started = context.Process(target=ask_inside, args=(number,))
    started.start()
    started.join()
    return f"process {started.exitcode}"


@app.get("/replaces/<int:number>")
def replaces(number: int) -> str:
    app.view_functions["late"] = lambda number: f"replaced {number}"
    return "replaced"


@app.get("/late/<int:number>")
def late(number: int) -> str:
    return f"first {number}"


@app.get("/upgrade/<int:number>")
def upgrade(number: int) -> str:
    return "upgraded"


@app.get("/census/0")
def census() -> dict[str, int]:
    gc.collect()
    return {
        "objects": len(gc.get_objects()),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
    }


def hijacking(inner: Any) -> Any:
    """Take the socket for `/upgrade`, and never start a response."""

    def wsgi_app(environ: Any, start_response: Any) -> Any:
        if not environ["PATH_INFO"].startswith("/upgrade/"):
            return inner(environ, start_response)
        for _ in inner(environ, lambda *_: print):
            pass
        names = ("gunicorn.socket", "werkzeug.socket")
        wire = next(environ[name] for name in names if name in environ)
        wire.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\nfreely")
        return []

    return wsgi_app


app.wsgi_app = hijacking(app.wsgi_app)  # type: ignore[method-assign]
flask_profiler.init_app(app)
