"""What the views answer: every kind of response, and every way to fail."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from asked import Log
from flask import (
    Flask,
    Response,
    abort,
    redirect,
    request,
    send_file,
    session,
    stream_with_context,
)
from host_nested import nested_answers
from host_views import guarded, order, produced
from werkzeug.exceptions import Conflict

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
BASE_ERRORS = (SystemExit, KeyboardInterrupt, GeneratorExit)


class MuteError(Exception):
    """An exception that has no text."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


ERRORS = {
    f"raise {kind.__name__}": kind
    for kind in (
        *(KeyError, ValueError, OSError, MemoryError, RecursionError, StopIteration),
        *(Conflict, MuteError, *BASE_ERRORS),
    )
}


def answers(app: Flask, log: Log) -> dict[str, Callable[[], Any]]:
    """Give all answers by name."""
    return (
        _whole(log)
        | _streamed(log)
        | nested_answers(app, log)
        | {name: partial(_raise, kind) for name, kind in ERRORS.items()}
    )


def _raise(kind: type[BaseException]) -> Any:
    raise kind("of the view")


def _whole(log: Log) -> dict[str, Callable[[], Any]]:
    repeated = [("X-Twice", "1"), ("X-Twice", "2"), ("Set-Cookie", "a=b")]
    file = b"0123456789" * 5
    return {
        "text": lambda: "some t\xe9xt",
        "bytes": lambda: (b"\x00\xff", 202),
        "mapping": lambda: {"id": order().number},
        "list": lambda: [1, None, "x"],
        "headers": lambda: ("twice", 201, repeated),
        "hostile": lambda: ("x", 200, {"X-Hostile": "\xe9\xff \t", "x-EMPTY": ""}),
        "status": lambda: Response("odd", status="299 Rather Odd"),
        "empty": lambda: ("", 204),
        "unchanged": lambda: ("dropped", 304),
        "redirect": lambda: redirect("/sync?to=1", 303),
        "abort": lambda: abort(418),
        "none": lambda: None,
        "session": _counted,
        "cookie": lambda: _with_cookie(Response("cookie")),
        "file": lambda: _file(io.BytesIO(file)),
        "real file": _real_file,
        "etag": lambda: _tagged(Response(file)),
        "called": lambda: Response.force_type(_wsgi_answer, request.environ),
        "wsgi": lambda: _wsgi_answer,
        "on close": lambda: _closing(log, Response("closing")),
        "chunks": lambda: Response([b"a", b"", b"bc"]),
    }


def _streamed(log: Log) -> dict[str, Callable[[], Any]]:
    made = partial(produced, log)
    length = {"Content-Length": "4"}
    error = ValueError("half-way")
    return {
        "stream": lambda: made(("a", "", "b", "c")),
        "stream bytes": lambda: Response(made((b"a", b"b")), mimetype="x/y"),
        "in context": lambda: Response(stream_with_context(_paths(log))),
        "announced": lambda: Response(made((b"ab", b"", b"cd")), headers=length),
        "announced at once": lambda: Response(made((b"abcd",)), headers=length),
        "too long": lambda: Response(made((b"abcd", b"ef")), headers=length),
        "too short": lambda: Response(made((b"ab",)), headers=length),
        "nothing announced": lambda: Response(made(()), headers=length),
        "zero": lambda: Response(made((b"x",)), headers={"Content-Length": "0"}),
        "fails first": lambda: Response(made((error,))),
        "fails midway": lambda: Response(made((b"a", error))),
        "fails announced": lambda: Response(made((error,)), headers=length),
        "fails at last": lambda: Response(made((b"abcd", error)), headers=length),
        "exits midway": lambda: Response(made((b"a", SystemExit(3)))),
        "passthrough": lambda: Response(made((b"a", b"b")), direct_passthrough=True),
        "echo": lambda: Response(stream_with_context(_echoed(log))),
        "closing stream": lambda: _closing(log, Response(made((b"a", b"b")))),
    }


def _real_file() -> Any:
    if order().acts:
        return "a hook that replaces the response would leave the file open"
    return _file(__file__)


def _file(file: Any) -> Response:
    """Send a file, or the part that is asked for, always at the same time."""
    response = send_file(file, "text/plain", conditional=True)
    response.headers["Date"] = DATE
    return response


def _counted() -> str:
    session["count"] = session.get("count", 0) + 1
    return str(session["count"])


def _with_cookie(response: Response) -> Response:
    response.set_cookie("shop", "\xe9;x", httponly=True)
    response.delete_cookie("old")
    return response


def _tagged(response: Response) -> Response:
    response.add_etag()
    response.headers["Date"] = DATE
    return response.make_conditional(request, accept_ranges=True, complete_length=50)


def _closing(log: Log, response: Response) -> Response:
    stream = request.stream

    def close() -> None:
        log.append(("closing", guarded(lambda: stream.read(4))))

    response.call_on_close(close)
    return response


def _paths(log: Log) -> Iterator[str]:
    for number in range(2):
        log.append(("path", request.path))
        yield f"{request.path} {number}"


def _echoed(log: Log) -> Iterator[bytes]:
    yield b"echo:"
    while chunk := request.stream.read(3):
        log.append(("echo", chunk))
        yield chunk


def _wsgi_answer(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("207 Multi", [("X-Raw", "1"), ("Content-Length", "3")])
    return [b"r", b"aw"]
