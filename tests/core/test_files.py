from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, send_file
from hosting import environ, install, only, raw


class FileWrapper:
    def __init__(self, file: Any, size: int = 8192) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        raise AssertionError("the server sends the file by itself")


@pytest.mark.parametrize("sized", [True, False])
def test_a_file_wrapper_of_the_server_is_passed_through_untouched(
    app: Flask, tmp_path: Any, sized: bool
) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"12345678")

    @app.get("/")
    def view() -> Response:
        response = send_file(file)
        if not sized:
            del response.headers["Content-Length"]
        return response

    install(app)
    made = environ()
    made["wsgi.file_wrapper"] = FileWrapper
    answer = raw(app, made)
    assert type(answer.body) is FileWrapper
    answer.body.file.close()  # type: ignore[attr-defined]
    found = only(app)
    assert (found.status, found.size) == (200, 8 if sized else None)


def test_a_file_wrapper_that_is_a_function_is_recognised_by_what_it_gave(
    app: Flask, tmp_path: Any
) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"12345678")
    app.get("/")(lambda: send_file(file))
    install(app)
    made = environ()
    made["wsgi.file_wrapper"] = lambda opened, _size: opened
    answer = raw(app, made)
    assert hasattr(answer.body, "fileno")
    answer.close()
    assert only(app).size == 8


def test_a_file_is_streamed_where_the_server_has_no_wrapper(
    app: Flask, tmp_path: Any
) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"x" * 20_000)
    app.get("/")(lambda: send_file(file))
    install(app)
    assert len(raw(app).read()) == 20_000
    assert only(app).size == 20_000


def test_a_range_of_a_file_is_counted(app: Flask, tmp_path: Any) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"12345678")
    app.get("/")(lambda: send_file(file, conditional=True))
    install(app)
    made = environ(headers={"Range": "bytes=2-4"})
    made["wsgi.file_wrapper"] = FileWrapperThatReads
    assert raw(app, made).read() == b"345"
    found = only(app)
    assert (found.status, found.size) == (206, 3)


class FileWrapperThatReads(FileWrapper):
    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk: bytes = self.file.read(100)
        if not chunk:
            raise StopIteration
        return chunk

    def seekable(self) -> bool:
        return True

    def seek(self, *args: int) -> None:
        self.file.seek(*args)

    def tell(self) -> int:
        return int(self.file.tell())

    def close(self) -> None:
        self.file.close()
