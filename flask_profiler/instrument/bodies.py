"""The body of a response on its way to the server, and where it is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from werkzeug.wsgi import ClosingIterator

from flask_profiler.guard import report

if TYPE_CHECKING:
    from flask_profiler.instrument.exchange import Exchange

_IN_MEMORY = (list, tuple)
_BODILESS = ("204", "304", "1")


def framed(exchange: Exchange, body: Iterable[bytes]) -> Iterable[bytes]:
    """Give the body that the server gets; record the exchange if it is complete."""
    try:
        announced = exchange.announced()
        # What Flask gives when there is anything to send, unless it is a file.
        if type(body) is not ClosingIterator:
            if _complete_at_once(exchange, body, announced):
                exchange.finish()
                return body
            if hasattr(body, "__len__"):
                exchange.streamed = True
                return Sized(exchange, body, announced)
        if announced is None:
            exchange.streamed = True
            return Passed(exchange, body, announced)
    except Exception as error:  # noqa: BLE001 - the server gets what it would have
        report("looking at the body of a response", error)
        return body
    return _with_first_chunk(exchange, body, announced)


def _with_first_chunk(
    exchange: Exchange, body: Iterable[bytes], announced: int
) -> Iterable[bytes]:
    """Take the first chunk of an announced body, to see whether it is all."""
    try:
        chunks = iter(body)
        first = next(chunks)
    except StopIteration:
        exchange.finish()
        return body
    except BaseException as error:  # noqa: BLE001 - raised when the server asks
        exchange.fail(error)
        return Whole.of(body, _raising(error))
    before = exchange.size
    if exchange.count(first) < announced:
        exchange.size = before
        exchange.streamed = True
        return Passed(exchange, body, announced, chain((first,), chunks))
    exchange.finish()
    return Whole.of(body, (first,), chunks)


def _raising(error: BaseException) -> Iterator[bytes]:
    yield from ()
    raise error


def _complete_at_once(
    exchange: Exchange, body: Iterable[bytes], announced: int | None
) -> bool:
    """Tell whether nothing is left to produce, and note the size."""
    if isinstance(body, _IN_MEMORY):
        for chunk in body:
            exchange.count(chunk)
        return True
    environ = exchange.environ
    if exchange.status is None:
        return False  # the application will be called when the body is asked for
    if announced == 0 or environ.get("REQUEST_METHOD") == "HEAD":
        return True
    if exchange.status.startswith(_BODILESS):
        return True
    wrapper = environ.get("wsgi.file_wrapper")
    if wrapper is None or not (
        body is exchange.file
        or (isinstance(wrapper, type) and isinstance(body, wrapper))
    ):
        return False
    exchange.size = announced
    return True


class Whole(chain[bytes]):
    """A body that is recorded already, with what was taken of it in its place.

    All of it is C, which costs least; it can be closed if the body can.
    """

    __slots__ = ("close",)
    close: Callable[[], object]

    @classmethod
    def of(cls, body: Iterable[bytes], *parts: Iterable[bytes]) -> Whole:
        """Put the parts of a body together again."""
        whole = cls(*parts)
        close = getattr(body, "close", None)
        if close is not None:
            whole.close = close
        return whole


class Passed:
    """Pass a body through chunk by chunk, and record the exchange where it ends.

    Nothing is taken before the server asks for it.
    """

    __slots__ = ("_announced", "_body", "_chunks", "_closed", "_exchange")

    def __init__(
        self,
        exchange: Exchange,
        body: Iterable[bytes],
        announced: int | None,
        chunks: Iterator[bytes] | None = None,
    ) -> None:
        self._exchange = exchange
        self._body = body
        self._announced = announced
        self._chunks = chunks
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        exchange = self._exchange
        try:
            if self._chunks is None:
                self._chunks = iter(self._body)
            chunk = next(self._chunks)
        except StopIteration:
            exchange.finish()
            raise
        except BaseException as error:
            exchange.fail(error)
            raise
        size = exchange.count(chunk)
        if self._announced is not None and size >= self._announced:
            exchange.finish()
        return chunk

    def close(self) -> None:
        """Close the body, once; the response ends here if it has not ended yet."""
        self._exchange.finish()
        if self._closed:
            return
        self._closed = True
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


class Sized(Passed):
    """A body that also has a number of chunks, which servers look at."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self._body)  # type: ignore[arg-type]  # asked before it was made
