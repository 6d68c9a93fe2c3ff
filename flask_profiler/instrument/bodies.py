"""The body of a response on its way to the server, and where it is complete."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flask_profiler.guard import report

if TYPE_CHECKING:
    from flask_profiler.instrument.exchange import Exchange

_IN_MEMORY = (list, tuple)
_BODILESS = ("204", "304", "1")


def framed(exchange: Exchange, body: Iterable[bytes]) -> Iterable[bytes]:
    """Give the body that the server gets; record the exchange if it is complete."""
    try:
        announced = exchange.announced()
        if _complete_at_once(exchange, body, announced):
            exchange.finish()
            return body
        kind = Sized if hasattr(body, "__len__") else Passed
        passed = kind(exchange, body, announced)
    except Exception as error:  # noqa: BLE001 - the server gets what it would have
        report("looking at the body of a response", error)
        return body
    if announced is not None:
        passed.take_first()
    exchange.streamed = True  # unless it is recorded by now
    return passed


def _complete_at_once(
    exchange: Exchange, body: Iterable[bytes], announced: int | None
) -> bool:
    """Tell whether nothing is left to produce, and note the size."""
    if isinstance(body, _IN_MEMORY):
        for chunk in body:
            exchange.count(chunk)
        return True
    environ = exchange.environ
    if announced == 0 or environ.get("REQUEST_METHOD") == "HEAD":
        return True
    if exchange.status is not None and exchange.status.startswith(_BODILESS):
        return True
    wrapper = environ.get("wsgi.file_wrapper")
    if wrapper is None or not (
        body is exchange.file
        or (isinstance(wrapper, type) and isinstance(body, wrapper))
    ):
        return False
    exchange.size = announced
    return True


class Passed:
    """Pass a body through chunk by chunk, and record the exchange where it ends.

    Nothing is taken before the server asks, but for the first chunk where the length is
    announced. An exception of the body reaches the server when it would have.
    """

    _chunks: Iterator[bytes] | None = None
    _first: bytes | None = None
    _error: BaseException | None = None
    _closed = False

    def __init__(
        self, exchange: Exchange, body: Iterable[bytes], announced: int | None
    ) -> None:
        self._exchange = exchange
        self._body = body
        self._announced = announced

    def take_first(self) -> None:
        """Take the first chunk, to see whether it is all."""
        try:
            self._first = self._take()
        except StopIteration:
            return
        except BaseException as error:  # noqa: BLE001 - raised when the server asks
            self._error = error

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        first = self._first
        if first is not None:
            self._first = None
            return first
        if self._exchange.done and self._chunks is not None and self._error is None:
            return next(self._chunks)
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return self._take()

    def close(self) -> None:
        """Close the body, once; the response ends here if it has not ended yet."""
        self._exchange.finish()
        if self._closed:
            return
        self._closed = True
        close = getattr(self._body, "close", None)
        if close is not None:
            close()

    def _take(self) -> bytes:
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
        exchange.count(chunk)
        if self._announced is not None and (exchange.size or 0) >= self._announced:
            exchange.finish()
        return chunk


class Sized(Passed):
    """A body that also has a number of chunks, which servers look at."""

    def __len__(self) -> int:
        return len(self._body)  # type: ignore[arg-type]  # asked before it was made
