from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask, Response, request, send_file, stream_with_context
from hosting import Answer, environ, install, measured, only, raw

import flask_profiler


def around(app: Flask, middleware: Callable[[Any], Any]) -> Flask:
    """Install with a middleware between the rim and the application."""
    app.wsgi_app = middleware(app.wsgi_app)  # type: ignore[method-assign]
    return install(app)


class Body:
    """A body that notes what is asked of it."""

    def __init__(self, chunks: Iterable[bytes | BaseException]) -> None:
        self.chunks = iter(chunks)
        self.taken = 0
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = next(self.chunks)
        self.taken += 1
        if isinstance(chunk, BaseException):
            raise chunk
        return chunk

    def close(self) -> None:
        self.closed += 1


def answering(
    app: Flask, body: Any, headers: dict[str, str] | None = None, status: str = "200 OK"
) -> Flask:
    """Have the application's answer replaced by a body of any shape."""

    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Any:
            for _ in inner(made, lambda *_: None):
                pass
            start_response(status, list((headers or {}).items()))
            return body

        return wsgi_app

    app.get("/")(lambda: "replaced")
    return around(app, middleware)


def test_a_streamed_body_is_timed_to_its_last_byte(app: Flask) -> None:
    @app.get("/")
    def view() -> Iterator[bytes]:
        for _ in range(5):
            time.sleep(0.02)
            yield b"12345"

    install(app)
    assert len(raw(app).read()) == 25
    found = only(app)
    assert found.phases is not None
    assert found.elapsed_us >= 100_000
    assert found.phases.stream >= 100_000
    assert found.phases.view < found.phases.stream
    assert found.phases.total == found.elapsed_us
    assert (found.status, found.size) == (200, 25)


def test_a_streamed_body_is_never_read_ahead(app: Flask) -> None:
    body = Body([b"a", b"b"])
    answering(app, body)
    answer = raw(app)
    assert body.taken == 0
    chunks = iter(answer.body)
    assert next(chunks) == b"a"
    assert body.taken == 1
    assert measured(app) == []
    assert list(chunks) == [b"b"]
    answer.close()
    assert body.closed == 1
    assert only(app).size == 2


def test_the_request_context_lives_as_long_as_a_stream_that_keeps_it(
    app: Flask,
) -> None:
    @app.get("/")
    def view() -> Any:
        return stream_with_context(request.path for _ in range(2))

    install(app)
    assert raw(app).read() == b"//"


def test_a_client_that_goes_away_is_recorded_with_what_was_produced(app: Flask) -> None:
    body = Body([b"aa", b"bb", b"cc"])
    answering(app, body)
    answer = raw(app)
    next(iter(answer.body))
    answer.close()
    answer.close()
    assert body.closed == 1
    found = only(app)
    assert (found.status, found.size, found.error) == (200, 2, False)


def test_a_stream_that_nobody_takes_is_recorded_when_it_is_closed(app: Flask) -> None:
    body = Body([b"aa"])
    answering(app, body)
    raw(app).close()
    assert (body.taken, body.closed) == (0, 1)
    assert only(app).size == 0


def test_an_ordinary_response_is_spooled_before_the_server_gets_its_bytes(
    app: Flask,
) -> None:
    body = Body([b"hello"])
    answering(app, body, {"Content-Length": "5"})
    answer = raw(app)
    assert only(app).size == 5
    assert answer.read() == b"hello"
    assert body.closed == 1
    assert len(measured(app)) == 1


def test_an_announced_body_in_pieces_is_spooled_before_its_last_piece(
    app: Flask,
) -> None:
    answering(app, Body([b"he", b"", b"llo"]), {"content-length": "5"})
    chunks = iter(raw(app).body)
    assert [next(chunks), next(chunks)] == [b"he", b""]
    assert measured(app) == []
    assert next(chunks) == b"llo"
    assert only(app).size == 5
    assert list(chunks) == []


def test_a_body_that_is_shorter_than_announced_is_complete_where_it_ends(
    app: Flask,
) -> None:
    answering(app, Body([]), {"Content-Length": "5"})
    answer = raw(app)
    assert only(app).size == 0
    assert answer.read() == b""


def test_an_announced_length_that_is_no_number_counts_as_none(app: Flask) -> None:
    answering(app, Body([b"a"]), {"Content-Length": "many"})
    assert raw(app).read() == b"a"
    assert only(app).size == 1


def test_an_empty_announced_body_is_complete_without_a_chunk(app: Flask) -> None:
    body = Body([])
    answering(app, body, {"Content-Length": "0"})
    answer = raw(app)
    assert answer.body is body
    assert only(app).size == 0


@pytest.mark.parametrize("body", [[b"ab", b"c"], (b"abc",), []])
def test_a_list_or_tuple_reaches_the_server_as_it_is(app: Flask, body: Any) -> None:
    answering(app, body)
    assert raw(app).body is body
    assert only(app).size == len(b"".join(body))


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "100 Go"])
def test_a_status_without_a_body_is_complete_at_once(app: Flask, status: str) -> None:
    body = Body([])
    answering(app, body, {"Content-Length": "7"}, status)
    assert raw(app).body is body
    found = only(app)
    assert (found.status, found.size) == (int(status[:3]), 0)


def test_a_head_request_has_no_body(app: Flask) -> None:
    app.get("/")(lambda: "hello")
    install(app)
    assert app.test_client().head("/").headers["Content-Length"] == "5"
    found = only(app)
    assert (found.method, found.status, found.size) == ("HEAD", 200, 0)


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


def test_an_exception_of_the_stream_reaches_the_server_and_is_recorded(
    app: Flask,
) -> None:
    error = OSError("pipe")
    body = Body([b"aa", error])
    answering(app, body)
    answer = raw(app)
    with pytest.raises(OSError, match="pipe") as caught:
        answer.read()
    assert caught.value is error
    assert body.closed == 1
    found = only(app)
    assert (found.status, found.size, found.error) == (200, 2, True)
    assert found.raised is not None
    assert found.raised.type == "OSError"


def test_a_stream_that_fails_before_its_first_byte_is_a_500(app: Flask) -> None:
    answering(app, Body([ValueError("early")]))
    with pytest.raises(ValueError, match="early"):
        raw(app).read()
    found = only(app)
    assert (found.status, found.error) == (500, True)


def test_an_announced_body_that_fails_does_so_when_the_server_asks(app: Flask) -> None:
    error = KeyboardInterrupt("stop")
    body = Body([error])
    answering(app, body, {"Content-Length": "5"})
    answer = raw(app)
    assert only(app).error
    with pytest.raises(KeyboardInterrupt) as caught:
        answer.read()
    assert caught.value is error
    assert body.closed == 1


def test_a_body_that_cant_be_iterated_fails_in_the_server(app: Flask) -> None:
    answering(app, 5)
    with pytest.raises(TypeError):
        raw(app).read()
    assert only(app).status == 500


def test_a_body_of_the_wrong_type_is_the_servers_to_refuse(app: Flask) -> None:
    answering(app, Body([5]))  # type: ignore[list-item]
    assert list(raw(app).body) == [5]
    assert only(app).size == 0


def test_a_body_with_a_length_keeps_it(app: Flask) -> None:
    class Chunks:
        def __len__(self) -> int:
            return 2

        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a", b"b"])

    answering(app, Chunks())
    answer = raw(app)
    assert len(answer.body) == 2  # type: ignore[arg-type]
    assert answer.read() == b"ab"


def test_what_is_written_through_write_counts(app: Flask) -> None:
    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Any:
            inner(made, lambda *_: None).close()
            write = start_response("200 OK", [("Content-Length", "4")])
            write(b"ab")
            return Body([b"cd"])

        return wsgi_app

    app.get("/")(lambda: "replaced")
    around(app, middleware)
    assert raw(app).read() == b"abcd"
    found = only(app)
    assert (found.status, found.size) == (200, 4)


def test_an_exception_after_bytes_were_written_keeps_the_status_that_was_sent(
    app: Flask,
) -> None:
    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Any:
            inner(made, lambda *_: None).close()
            start_response("200 OK", [])(b"ab")
            raise OSError("gone")

        return wsgi_app

    app.get("/")(lambda: "replaced")
    around(app, middleware)
    with pytest.raises(OSError, match="gone"):
        raw(app)
    found = only(app)
    assert (found.status, found.error, found.size) == (200, True, 2)


def test_start_response_may_be_called_twice(app: Flask) -> None:
    seen: list[Any] = []

    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Any:
            inner(made, lambda *_: None).close()
            start_response("200 OK", [("Content-Length", "9")])
            try:
                raise ValueError("late")
            except ValueError as error:
                info = (type(error), error, error.__traceback__)
                start_response("502 Bad", [("Content-Length", "2")], info)
            return Body([b"no"])

        return wsgi_app

    app.get("/")(lambda: "replaced")
    around(app, middleware)

    class Server(Answer):
        def start_response(self, *args: Any) -> Any:
            seen.append(len(args))
            return super().start_response(*args)

    server = Server()
    server.body = app(environ(), server.start_response)
    assert server.read() == b"no"
    assert seen == [2, 3]
    found = only(app)
    assert (found.status, found.error, found.size) == (502, True, 2)


def test_start_response_may_never_be_called(app: Flask) -> None:
    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, _start_response: Any) -> Any:
            inner(made, lambda *_: None).close()
            return []

        return wsgi_app

    app.get("/")(lambda: "upgraded")
    around(app, middleware)
    assert raw(app).body == []
    found = only(app)
    assert (found.status, found.error) == (None, False)


def test_start_response_may_be_called_with_the_first_chunk(app: Flask) -> None:
    def middleware(inner: Any) -> Any:
        def wsgi_app(made: Any, start_response: Any) -> Iterator[bytes]:
            yield from inner(made, start_response)

        return wsgi_app

    @app.get("/")
    def view() -> Any:
        return "lazy", 203

    around(app, middleware)
    assert raw(app).read() == b"lazy"
    found = only(app)
    assert (found.status, found.size) == (203, 4)
    assert found.phases is not None
    assert found.phases.total == found.elapsed_us
    assert min(found.phases.before, found.phases.view, found.phases.after) >= 0


def test_a_status_that_is_no_number_is_not_stored(app: Flask) -> None:
    answering(app, [b""], status="what")
    raw(app)
    assert only(app).status is None


def test_the_profiler_class_streams_alike(app: Flask) -> None:
    app.get("/")(lambda: iter(["a", "b"]))
    install(app, flask_profiler.Profiler)
    assert raw(app).read() == b"ab"
    assert only(app).size == 2
