"""The headers of a request, under the names of WSGI."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    __slots__ = ("headers", "names", "urls")

    def __init__(self, headers: dict[str, str], urls: list[str]) -> None:
        self.headers = headers
        """All headers in their order; the secret ones with what stands for them."""
        self.names = [name for name, value in headers.items() if value is not REDACTED]
        self.urls = urls


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
        """Give the headers of a request."""
        keys = tuple(environ)
        shape = self._shapes.get(keys)
        if shape is None:
            shape = self._remember(keys)
        headers = shape.headers.copy()
        for name in shape.names:
            headers[name] = environ[name]
        try:
            "".join(headers.values())
        except TypeError:
            headers = {name: text_of_any(value) for name, value in headers.items()}
        for name in shape.urls:
            if "?" in headers[name] or "#" in headers[name]:
                headers[name] = self._names.url(headers[name])
        return headers

    def _remember(self, keys: tuple[str, ...]) -> _Shape:
        if len(self._shapes) >= _REMEMBERED:
            self._shapes.clear()
        names = [key for key in keys if key.startswith("HTTP_") or key in _BARE]
        urls = [name for name in names if not _URLS.isdisjoint(words_of(name))]
        headers = {name: REDACTED if self._secret(name) else "" for name in names}
        shape = self._shapes[keys] = _Shape(headers, urls)
        return shape

    def _secret(self, name: str) -> bool:
        bare = name.removeprefix("HTTP_")
        return self._names.secret(bare) or not _COOKIES.isdisjoint(words_of(bare))
