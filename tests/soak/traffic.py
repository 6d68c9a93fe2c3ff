"""What is sent: everything about a request follows from the seed and its number."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass, field
from urllib.parse import quote, quote_from_bytes, urlencode

SECRET = "SECRET-WORD"
"""It stands where secrets stand in each request; nothing may store it."""

_AGENTS = [f"Agent/{n} (X11; Linux x86_64) Engine/{n % 7}" for n in range(200)]
_HOSTILE = [
    "'; DROP TABLE measurements_data; --",
    "<script>alert(1)</script>",
    "[bold red]{percent}%s%n",
    "=cmd|' -C calc'!A0",
    "\x1b[2J\x07\b\x00\x7f",
    "\u202egnp.exe \u2066\ufeff",
    "\N{GRINNING FACE} \ud7ff \U0010ffff",
    'line\nbreak\r\n{"spool": 1}',
    "x" * 1500,
    "..",
    "NaN",
]
_BYTES = [b"\xff\xfe", b"\xed\xa0\x80", b"a\xc3", b"%00"]


@dataclass(frozen=True)
class Request:
    """One request, what must be answered, and what must be stored of it."""

    number: int
    method: str
    rule: str
    target: str
    answer: bytes | None = None
    """The body; `None`: any."""
    status: int = 200
    body: bytes = b""
    type: str | None = None
    slept_us: int = 0
    """What the view sleeps at least."""
    leaves: bool = False
    """The client goes away in the middle of the answer."""
    kept: dict[str, object] = field(default_factory=dict)
    """Parts of the context that must be stored as they are here."""

    def headers(self) -> dict[str, str]:
        """Give its headers: secrets, a number to know it by, and odd bytes."""
        number = self.number
        made = {
            "User-Agent": _AGENTS[number % len(_AGENTS)],
            "Accept": "text/html,*/*;q=0.8",
            "X-Soak": str(number),
            "X-Forwarded-For": f"203.0.113.{number % 256}",
            "Authorization": f"Bearer {SECRET}",
            "Cookie": f"session={SECRET}",
        }
        if number % 3 == 0:
            made["X-Odd"] = "\xe9\xff\x80" * (number % 50)
        if number % 100 == 0:
            made["X-Long"] = "l" * 4000
        if self.type is not None:
            made["Content-Type"] = self.type
        return made


def request_of(seed: int, number: int) -> Request:
    """Give the request with this number."""
    rng = random.Random(f"{seed}/{number}")
    return rng.choices(_KINDS, _WEIGHTS)[0](rng, number)


def _small(rng: random.Random, number: int) -> Request:
    query = f"?page={rng.randrange(9)}&token={SECRET}"
    answer = json.dumps({"number": number}, separators=(",", ":")).encode() + b"\n"
    return Request(
        number, "GET", "/small/<int:number>", f"/small/{number}{query}", answer
    )


def _echo(rng: random.Random, number: int) -> Request:
    kind = rng.randrange(4)
    kept: dict[str, object] = {}
    mimetype = "application/json"
    if kind == 0:
        deep: object = rng.choice(_HOSTILE)
        for _ in range(rng.randrange(150)):
            deep = [deep]
        body = json.dumps({"deep": deep, "password": SECRET}).encode()
    elif kind == 1:
        text = json.dumps({"number": number, "items": list(range(rng.randrange(99)))})
        body, kept = text.encode(), {"body": text}
    elif kind == 2:
        body, mimetype = rng.randbytes(rng.choice([1, 500, 60_000])), "image/png"
        kept = {"body": f"[image/png, {len(body)} bytes]"}
    else:
        body, mimetype = f"plain text {number}".encode(), "text/plain"
        kept = {"body": body.decode()}
    answer = f"{number} {hashlib.sha256(body).hexdigest()}".encode()
    return Request(
        number,
        *("POST", "/echo/<int:number>", f"/echo/{number}", answer),
        body=body,
        type=mimetype,
        kept=kept,
    )


def _form(rng: random.Random, number: int) -> Request:
    value = rng.choice(_HOSTILE)
    body = urlencode({"a": value, "password": SECRET}).encode()
    return Request(
        number,
        *("POST", "/form/<int:number>", f"/form/{number}"),
        f"{number} ['a', 'password']".encode(),
        body=body,
        type="application/x-www-form-urlencoded",
        kept={"form": {"a": value, "password": "[redacted]"}},
    )


def _sleep(rng: random.Random, number: int) -> Request:
    ms, method = rng.choice([1, 5, 20, 60]), rng.choice(["GET", "PUT", "DELETE"])
    rule = "/sleep/<int:number>/<int:ms>"
    target, answer = f"/sleep/{number}/{ms}", f"{method} {number}".encode()
    return Request(number, method, rule, target, answer, slept_us=ms * 1000)


def _stream(rng: random.Random, number: int) -> Request:
    pieces = rng.randrange(1, 6)
    answer = "".join(f"{number} {piece}\n" * 50 for piece in range(pieces)).encode()
    return Request(
        number,
        *("GET", "/stream/<int:number>/<int:pieces>", f"/stream/{number}/{pieces}"),
        answer,
        slept_us=pieces * 5000,
        leaves=rng.random() < 0.2,
    )


def _fails(rng: random.Random, number: int) -> Request:
    status = rng.choice([400, 404, 500, 503, 599])
    rule = "/fails/<int:number>/<int:status>"
    target, shown = f"/fails/{number}/{status}", 500 if status == 599 else status
    return Request(number, "GET", rule, target, status=shown)


def _text(rng: random.Random, number: int) -> Request:
    part, rule = f"/text/{number}/", "/text/<int:number>/<text>"
    if rng.random() < 0.3:
        raw = quote_from_bytes(rng.choice(_BYTES))
        return Request(number, "GET", rule, f"{part}{raw}?q={raw}")
    value = rng.choice(_HOSTILE).replace("/", "|")
    name = value if value != ".." else "dots"
    target = f"{part}{quote(name, safe='')}?q={quote(value, safe='')}"
    answer = f"{number} {len(name)} {len(value)}".encode()
    return Request(number, "GET", rule, target, answer, kept={"args": {"q": value}})


_KINDS = [_small, _echo, _form, _sleep, _stream, _fails, _text]
_WEIGHTS = [40, 18, 8, 12, 8, 6, 8]
