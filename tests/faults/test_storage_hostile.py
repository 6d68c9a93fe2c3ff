"""Requests whose values no storage takes: same answers, stored all the same."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

from click.testing import CliRunner

from flask_profiler.cli import profiler
from tests.faults.storage_faults import bounded, drained_by_workers, hosting, once

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.storage_faults import Host

VIEWS = r"""
from werkzeug.routing import BaseConverter


def deep(levels):
    nested = []
    for _ in range(levels):
        nested = [nested]
    return nested


class Rude:
    def __str__(self):
        raise RuntimeError("no words")


ODD = {
    "big": 2**70, "huge": 10**5000, "nan": float("nan"), "nul": "a\0b",
    "surrogate": "\ud800", "deep": deep(900), "bytes": b"\xff\0", "rude": Rude(),
}


class OddConverter(BaseConverter):
    def to_python(self, value):
        return ODD[value]

    def to_url(self, value):
        return "odd"


app.url_map.converters["odd"] = OddConverter


@app.get("/odd/<int:number>/<odd:value>")
def odd(number, value):
    return type(value).__name__


@app.route("/any/<int:number>/<path:rest>", methods=["GET", "POST", "M-SEARCH"])
def any_(number, rest):
    seen = (rest, request.args, request.form, request.get_data(as_text=False)[:2000])
    return ascii((seen, len(str(request.headers)), type(request.get_json(silent=True))))

"""
OPTIONS = (
    *("-w", "1", "--limit-request-line", "0", "--limit-request-fields", "32768"),
    *("--limit-request-field_size", "2000000"),
)


def get(rest: bytes, *headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in (b"Host: test", *headers))
    return b"GET /any/%d/" + rest + b" HTTP/1.1\r\n" + lines + b"\r\n"


def post(kind: bytes, body: bytes) -> bytes:
    length = b"Content-Length: " + str(len(body)).encode()
    head = get(b"post", b"Content-Type: " + kind, length)
    return head.replace(b"GET", b"POST", 1) + body


JSON = b"application/json"
FORM = b"application/x-www-form-urlencoded"
REQUESTS = {
    "NUL in the path": get(b"a%00b"),
    "no UTF-8 in the path": get(b"%ff%fe%c3"),
    "a surrogate in the path": get(b"%ed%a0%80"),
    "line ends in the path": get(b"a%0dX:%20y%1b%5b31m"),
    "a path of 60 KB": get(b"x" * 60_000),
    "2**70 in the path": get(b"1180591620717411303424"),
    "NUL in the query": get(b"q?a=%00&%00=b"),
    "surrogates in the query": get(b"q?a=%ed%a0%80&%ed%b0%80=%ff"),
    "5000 parameters": get(b"q?" + b"&".join(b"a%d=1" % n for n in range(5000))),
    "no escapes in the query": get(b"q?%%%&==&&%zz=%"),
    "latin-1 in a header": get(b"h", b"User-Agent: caf\xe9 \xff"),
    "a header of 1 MB": get(b"h", b"X-Big: " + b"x" * 1_000_000),
    "3000 headers": get(b"h", *(b"X-%d: 1" % n for n in range(3000))),
    "a cookie that is none": get(b"h", b"Cookie: ;;==\xff;a"),
    "an address that is none": get(b"h", b"X-Forwarded-For: \xff, ::1%00"),
    "a strange method": get(b"m").replace(b"GET", b"M-SEARCH", 1),
    "900 levels of JSON": post(JSON, b"[" * 900 + b"]" * 900),
    "levels without end": post(JSON, b'{"a":' * 50_000),
    "2**70 in JSON": post(JSON, b'{"n": 1180591620717411303424, "f": 1e999}'),
    "a lone surrogate in JSON": post(JSON, b'{"\\ud800": "\\udfff\\u0000"}'),
    "no UTF-8 in JSON": post(JSON, b'{"a": "\xff\xfe"}'),
    "NUL in a form": post(FORM, b"a=%00&%00=\x00&b=%ed%a0%80"),
    "bytes for text": post(b"text/plain; charset=utf-16", b"\xd8\x00\xff"),
    "a charset that is none": post(b"text/plain; charset=\xffx", b"abc"),
    "a form in parts that has none": post(b"multipart/form-data; boundary=", b"--"),
}
ODD = (b"big", b"huge", b"nan", b"nul", b"surrogate", b"deep", b"bytes", b"rude")
SENT = [
    *(r.replace(b"/any/%d/", b"/any/%d/" % n) for n, r in enumerate(REQUESTS.values())),
    *(
        b"GET /odd/%d/%s HTTP/1.1\r\nHost: test\r\n\r\n" % (n, kind)
        for n, kind in enumerate(ODD, len(REQUESTS))
    ),
]


def answer(host: Host, request: bytes) -> bytes:
    """Give all that comes back until the server closes, but for the date."""
    with socket.create_connection(("127.0.0.1", host.port), 30) as connection:
        connection.sendall(request)
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    return re.sub(rb"\r\nDate: [^\r]*", b"", data)


def test_values_that_no_storage_takes_change_no_answer_and_lose_no_measurement(
    tmp_path: Path,
) -> None:
    """What can't be stored is replaced, field by field; readers show what is left."""
    capture = {"unread": True}
    with (
        hosting(tmp_path / "plain", *OPTIONS, views=VIEWS, profiled=False) as plain,
        hosting(tmp_path / "own", *OPTIONS, views=VIEWS, capture=capture) as host,
    ):
        host.send(len(SENT), 1)
        drained_by_workers(host, 1)
        with bounded(host):
            answers = [answer(host, request) for request in SENT]
        assert answers == [answer(plain, request) for request in SENT]
        # One fails in the view, with the profiler and without.
        kinds = [data[9:12] for data in answers]
        assert (kinds.count(b"200"), kinds.count(b"500")) == (len(SENT) - 1, 1)
    stored = host.stored()
    assert stored == once(0, len(SENT) + 1)
    assert not host.lost()
    for asked in (["list", "-n", "all"], ["list", "--json", "-n", "all"], ["summary"]):
        result = CliRunner().invoke(profiler, [*asked, "--db", str(host.file)])
        assert result.exit_code == 0, result.stderr
    shown = CliRunner().invoke(profiler, ["show", "12", "--db", str(host.file)])
    assert shown.exit_code == 0
    assert "\x1b" not in shown.stdout
