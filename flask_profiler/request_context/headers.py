"""The headers of a request, under the names of WSGI."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from flask_profiler.plain import text_of_any
from flask_profiler.redaction import REDACTED, Names, words_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_REMEMBERED = 512
_BARE = ("CONTENT_TYPE", "CONTENT_LENGTH")
_COOKIES = frozenset({"cookie", "cookie2", "cookies"})
_URLS = frozenset({"referer", "referrer", "url", "uri", "location", "destination"})


class _Shape:
    """What to take from the environments that have the same keys in the same order."""

    __slots__ = ("names", "secrets", "take", "urls")

    def __init__(self, names: list[str], secret: Callable[[str], bool]) -> None:
        self.names = names
        self.take: Callable[[WSGIEnvironment], Iterable[Any]] = _taker(names)
        self.secrets = [name for name in names if secret(name)]
        self.urls = [name for name in names if not _URLS.isdisjoint(words_of(name))]


class Headers:
    """Take the headers out of WSGI environments, redacted. Any thread.

    Clients send the same headers in the same order again and again, so what to take is
    remembered by the keys of the environment, in bounded number.
    """

    __slots__ = ("_names", "_shapes")

    def __init__(self, names: Names) -> None:
        self._names = names
        self._shapes: dict[tuple[str, ...], _Shape] = {}

    def of(self, environ: WSGIEnvironment) -> dict[str, str]:
        """Give the headers that have a value."""
        keys = tuple(environ)
        shape = self._shapes.get(keys)
        if shape is None:
            shape = self._remember(keys)
        values = shape.take(environ)
        try:
            "".join(values)
        except TypeError:
            values = [text_of_any(value) for value in values]
        headers = dict(zip(shape.names, values, strict=True))
        for name in shape.urls:
            headers[name] = self._names.url(headers[name])
        for name in shape.secrets:
            headers[name] = REDACTED
        return headers

    def _remember(self, keys: tuple[str, ...]) -> _Shape:
        if len(self._shapes) >= _REMEMBERED:
            self._shapes.clear()
        headers = [key for key in keys if key.startswith("HTTP_") or key in _BARE]
        shape = self._shapes[keys] = _Shape(headers, self._secret)
        return shape

    def _secret(self, name: str) -> bool:
        bare = name.removeprefix("HTTP_")
        return self._names.secret(bare) or not _COOKIES.isdisjoint(words_of(bare))


def _taker(names: list[str]) -> Callable[[WSGIEnvironment], Iterable[Any]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda environ: [environ[name] for name in names]
