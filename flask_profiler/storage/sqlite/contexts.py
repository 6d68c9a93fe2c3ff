"""The bulky part of measurements, compressed together in blocks.

A block holds what belongs to consecutive ids: one line of JSON each (`Kept`, or `Seen`
as it came out of the spool; an empty line where there is nothing), joined by newlines,
raw deflate with `DICTIONARY`. The
contexts of one application are so alike that this takes a third of what compressing
each alone takes; the price is that a block is read for each context that is shown.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from flask_profiler.line.facts import Facts
from flask_profiler.line.format import Seen
from flask_profiler.measurement import Json, Measurement, Raised
from flask_profiler.storage.sqlite import values
from flask_profiler.storage.sqlite.tables import Tables

BLOCK = 128
"""Contexts in a block at most: larger ones are smaller on disk and slower to read."""

_LEVEL = 2
"""Higher ones take twice the time to save a tenth."""

DICTIONARY = (
    b'"form":{"raised":["ValueError",""],"args":[],"context":{"body":"{\\"","kind":'
    b'"kept","headers":{"User-Agent":"","func":"","ip":"","url":"http://HTTP_TRACE'
    b'PARENT","HTTP_X_REAL_IP","HTTP_ORIGIN","HTTP_DNT","HTTP_PRAGMA","HTTP_IF_NON'
    b'E_MATCH","CONTENT_TYPE","CONTENT_LENGTH","HTTP_SEC_FETCH_SITE","HTTP_SEC_FET'
    b'CH_MODE","HTTP_SEC_FETCH_USER","HTTP_SEC_FETCH_DEST","HTTP_UPGRADE_INSECURE_'
    b'REQUESTS","HTTP_X_FORWARDED_PROTO","HTTP_X_FORWARDED_FOR","HTTP_X_REQUEST_ID'
    b'","HTTP_CACHE_CONTROL"application/x-www-form-urlencoded","application/json; '
    b'charset=utf-8","same-origin","navigate","?1","document","1","no-cache","gzip'
    b', deflate, br","en-US,en;q=0.9,de;q=0.8","text/html,application/xhtml+xml,ap'
    b'plication/xml;q=0.9,image/avif,image/webp,*/*;q=0.8","Mozilla/5.0 (Macintosh'
    b"; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120."
    b"0.0.0 Safari/537.36 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120"
    b'.0 (Windows NT 10.0; Win64; x64)],"redacted":["HTTP_AUTHORIZATION","HTTP_COO'
    b'KIE"]}\n{"kind":"seen","names":["wsgi.url_scheme","SERVER_NAME","SERVER_PORT"'
    b',"SCRIPT_NAME","PATH_INFO","REMOTE_ADDR","HTTP_HOST","HTTP_CONNECTION","HTTP'
    b'_USER_AGENT","HTTP_ACCEPT","HTTP_ACCEPT_ENCODING","HTTP_ACCEPT_LANGUAGE","HT'
    b'TP_REFERER"],"values":["http","127.0.0.1","5000","","/","127.0.0.1","localho'
    b'st:5000","keep-alive","'
)
"""Part of the format of version 1: with a byte changed, old blocks can't be read."""


class Kept(msgspec.Struct, tag_field="kind", tag="kept", omit_defaults=True):
    """What of a measurement stands in a block that didn't come out of the spool."""

    headers: dict[str, str] = {}
    func: str | None = None
    ip: str | None = None
    url: str | None = None
    form: dict[str, Json] = {}
    body: str = ""
    extra: dict[str, Json] = {}
    args: tuple[Json, ...] = ()
    raised: Raised | None = None


_NOTHING = Kept()
_EMPTY = frozenset({msgspec.json.encode(_NOTHING), b"{}"})
_decode = msgspec.json.Decoder(Kept | Seen).decode


def line_of(measurement: Measurement) -> bytes:
    """Give the line that stands in a block for a measurement."""
    c = measurement.context
    kept = Kept(
        headers=c.headers,
        func=c.func,
        ip=c.ip,
        url=c.url,
        form=c.form,
        body=c.body,
        extra=c.extra,
        args=measurement.args,
        raised=measurement.raised,
    )
    line = values.json_bytes(kept)
    return b"" if line in _EMPTY else line


def line_of_facts(facts: Facts) -> bytes:
    """Give the line that stands in a block for a line of the spool."""
    line = bytes(facts.seen)
    return b"" if line in _EMPTY else line


def store(
    db: sqlite3.Connection, tables: Tables, first_id: int, lines: Sequence[bytes]
) -> None:
    """Store the lines of consecutive ids in blocks; what is empty takes no room."""
    blocks = []
    for start in range(0, len(lines), BLOCK):
        block = lines[start : start + BLOCK]
        if any(block):
            first = first_id + start
            blocks.append((first, first + len(block) - 1, _packed(block)))
    db.executemany(tables.sql("INSERT INTO {contexts} VALUES (?, ?, ?)"), blocks)


def load(
    db: sqlite3.Connection, tables: Tables, ids: Iterable[int]
) -> dict[int, Kept | Seen]:
    """Read what is kept of measurements, each block once."""
    query = tables.sql(
        "SELECT first_id, last_id, data FROM {contexts}"
        " WHERE first_id <= ? ORDER BY first_id DESC LIMIT 1"
    )
    found: dict[int, Kept | Seen] = {}
    first, last, lines = 0, -1, [b""]
    for id_ in sorted(ids):
        if id_ > last:
            first, last, data = db.execute(query, (id_,)).fetchone() or (0, -1, b"")
            lines = _unpacked(data) if id_ <= last else [b""]
        if first <= id_ <= last and lines[id_ - first]:
            found[id_] = _read(lines[id_ - first])
        else:
            found[id_] = _NOTHING
    return found


def _read(line: bytes) -> Kept | Seen:
    try:
        kept: Kept | Seen = _decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return _NOTHING  # lines of the spool come in as they are
    return kept


def prune(db: sqlite3.Connection, tables: Tables, deleted: Sequence[int]) -> None:
    """Take the contexts of deleted measurements out of their blocks.

    A block that nobody needs any more goes; what is left of another is written anew, so
    that nothing of a deleted measurement stays in it.
    """
    gone = set(deleted)
    blocks = db.execute(
        tables.sql(
            "SELECT first_id, last_id, data FROM {contexts} WHERE first_id BETWEEN"
            " (SELECT coalesce(max(first_id), 0) FROM {contexts} WHERE first_id <= ?)"
            " AND ?"
        ),
        (min(gone), max(gone)),
    ).fetchall()
    for first, last, data in blocks:
        if gone.isdisjoint(range(first, last + 1)):
            continue
        lines = _unpacked(data)
        left = [b"" if first + i in gone else line for i, line in enumerate(lines)]
        _rewrite(db, tables, first, left)


def _rewrite(
    db: sqlite3.Connection, tables: Tables, first: int, lines: Sequence[bytes]
) -> None:
    if any(lines):
        query = tables.sql("UPDATE {contexts} SET data = ? WHERE first_id = ?")
        db.execute(query, (_packed(lines), first))
    else:
        db.execute(tables.sql("DELETE FROM {contexts} WHERE first_id = ?"), (first,))


def _packed(lines: Sequence[bytes]) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15, zdict=DICTIONARY)
    return packer.compress(b"\n".join(lines)) + packer.flush()


def _unpacked(data: bytes) -> list[Any]:
    unpacker = zlib.decompressobj(-15, zdict=DICTIONARY)
    text = unpacker.decompress(data) + unpacker.flush()
    if not unpacker.eof:
        raise zlib.error("a block of contexts is cut off")
    return text.split(b"\n")
