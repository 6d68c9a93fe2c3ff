"""Views that note what they see, read the body in some way, and answer in some way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from asked import Asked, Log
from flask import current_app, g, request, session

OURS = "flask_profiler."
_REPLACED = (
    "wsgi.input",
    "wsgi.file_wrapper",
    "wsgi.errors",
    "test.asked",
    "werkzeug.request",
)


def order() -> Asked:
    """Give the request that is being asked, which says what to do."""
    asked: Asked = request.environ["test.asked"]
    return asked


def guarded(look: Callable[[], Any]) -> Any:
    """Give what somebody sees, or the exception that he sees instead."""
    try:
        return look()
    except Exception as error:
        return type(error).__name__, str(error)


def seen() -> dict[str, Any]:
    """Give all that host code sees of its request without reading the body."""
    r = request
    environ = {
        key: value
        for key, value in r.environ.items()
        if not key.startswith(OURS) and key not in _REPLACED
    }
    looks: dict[str, Callable[[], Any]] = {
        "line": lambda: (r.method, r.path, r.full_path, r.url, r.base_url, r.host),
        "rule": lambda: (r.endpoint, r.view_args, str(r.url_rule), r.blueprints),
        "failed": lambda: repr(r.routing_exception),
        "args": lambda: list(r.args.lists()),
        "values": lambda: list(r.headers),
        "cookies": lambda: list(r.cookies.lists()),
        "body": lambda: (r.content_type, r.content_length, r.mimetype, r.is_json),
        "cached": lambda: sorted({"form", "files", "_cached_data"} & set(vars(r))),
        "auth": lambda: (str(r.authorization), r.remote_addr, str(r.range)),
        "g": lambda: sorted(g),
        "session": lambda: dict(session),
        "class": lambda: (type(r).__name__, type(current_app).__name__),
        "input": lambda: "wsgi.input" in r.environ,
    }
    return {"environ": environ} | {name: guarded(looks[name]) for name in looks}


def read_body() -> Any:
    """Read the body as the request says, and give what there was."""
    ways: dict[str, Callable[[], Any]] = {
        "nothing": lambda: None,
        "data": request.get_data,
        "uncached": lambda: request.get_data(cache=False),
        "form": lambda: list(request.form.lists()),
        "files": lambda: [
            (name, file.filename, file.read()) for name, file in request.files.items()
        ],
        "values": lambda: list(request.values.lists()),
        "json": lambda: request.get_json(force=True),
        "silent": lambda: request.get_json(silent=True),
        "stream": request.stream.read,
        "pieces": lambda: [request.stream.read(2), request.stream.read(3)],
        "lines": lambda: list(request.stream),
        "input": lambda: request.environ["wsgi.input"].read(3),
        "line": lambda: request.environ["wsgi.input"].readline(9),
        "iterate": lambda: list(request.environ["wsgi.input"]),
        "twice": lambda: (request.get_data(), list(request.form)),
    }
    return ways[order().read]()


def views(log: Log, answers: dict[str, Callable[[], Any]]) -> Callable[..., Any]:
    """Give a view that notes all and answers as its request says."""

    def view(**arguments: Any) -> Any:
        log.append(("view", arguments, seen()))
        g.visited = g.get("visited", 0) + 1
        got = read_body()
        log.append(("body", got, seen()["cached"]))
        return answers[order().answer]()

    return view


def produced(log: Log, chunks: tuple[Any, ...]) -> Iterator[Any]:
    """Yield chunks, raising those that are exceptions, and note each and the end."""
    try:
        for chunk in chunks:
            log.append(("produce", repr(chunk)))
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk
        log.append(("exhausted",))
    finally:
        log.append(("closed",))
