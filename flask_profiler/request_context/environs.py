"""What is kept of a WSGI environment: the headers and the parts of the URL."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from flask_profiler.line.format import NO_NAMES
from flask_profiler.plain import text_of_any
from flask_profiler.redaction import Names, words_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from wsgiref.types import WSGIEnvironment

_REMEMBERED = 512
_LONGEST = 8192
"""Characters of all keys together; longer ones are not remembered."""
_BARE = ("CONTENT_TYPE", "CONTENT_LENGTH")
_COOKIES = frozenset({"cookie", "cookie2", "cookies"})
_URLS = frozenset(
    {"referer", "referrer", "url", "uri", "location", "destination", "path"}
)
_ALWAYS = (
    *("wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME", "PATH_INFO"),
    "REMOTE_ADDR",
)


class Shape:
    """What to take from the environments that have the same keys in the same order."""

    __slots__ = ("_path", "has_body", "names", "redacted", "take", "urls")

    def __init__(
        self,
        labels: dict[str, str],
        redacted: list[str],
        urls: list[int],
        *,
        has_body: bool,
    ) -> None:
        self.names = _as_json(list(labels.values()))
        self.take = _taker(list(labels))
        """Gives the values, in the order of `names`."""
        self.redacted = _as_json(redacted)
        self.urls = urls
        """Where among the values are URLs."""
        self.has_body = has_body
        """Whether there may be a body."""
        self._path = list(labels).index("PATH_INFO") if "PATH_INFO" in labels else None

    def with_path(self, values: tuple[Any, ...], path: str) -> tuple[Any, ...]:
        """Give the values with another path of the URL."""
        if self._path is None:
            return values
        return (*values[: self._path], path, *values[self._path + 1 :])


class Environs:
    """Know what to take from WSGI environments, redacted. Any thread.

    Clients send the same headers in the same order again and again, so what to take is
    remembered by the keys of the environment, in bounded number.
    """

    __slots__ = ("_names", "_shapes", "_with_headers")

    def __init__(self, names: Names, *, headers: bool) -> None:
        self._names = names
        self._with_headers = headers
        self._shapes: dict[tuple[str, ...], Shape] = {}

    def taken(self, environ: WSGIEnvironment) -> tuple[Shape, tuple[Any, ...]]:
        """Give the shape of an environment, and its values without their secrets."""
        keys = tuple(environ)
        shape = self._shapes.get(keys) or self._remember(keys)
        values = shape.take(environ)
        for index in shape.urls:
            url = values[index]
            if type(url) is not str:
                url = text_of_any(url)
                values = (*values[:index], url, *values[index + 1 :])
            if ("?" in url or "#" in url) and url not in self._names.clean_urls:
                url = self._names.url(url)
                values = (*values[:index], url, *values[index + 1 :])
        return shape, values

    def _remember(self, keys: tuple[str, ...]) -> Shape:
        shape = self._made(keys)
        if sum(map(len, map(str, keys))) <= _LONGEST:  # clients make names up
            if len(self._shapes) >= _REMEMBERED:
                self._shapes.clear()
            self._shapes[keys] = shape
        return shape

    def _made(self, keys: tuple[str, ...]) -> Shape:
        labels = {key: key for key in _ALWAYS if key in keys}
        has_body = "CONTENT_LENGTH" in keys or "HTTP_TRANSFER_ENCODING" in keys
        if not self._with_headers:
            if "HTTP_HOST" in keys:
                labels["HTTP_HOST"] = "host"
            return Shape(labels, [], [], has_body=has_body)
        headers = [
            key
            for key in keys
            if isinstance(key, str) and (key.startswith("HTTP_") or key in _BARE)
        ]
        redacted = [key for key in headers if self._secret(key)]
        labels |= {key: key for key in headers if key not in redacted}
        urls = [i for i, key in enumerate(labels) if _is_url(key)]
        return Shape(labels, redacted, urls, has_body=has_body)

    def _secret(self, name: str) -> bool:
        bare = name.removeprefix("HTTP_")
        return self._names.secret(bare) or not _COOKIES.isdisjoint(words_of(bare))


def _taker(keys: list[str]) -> Callable[[WSGIEnvironment], tuple[Any, ...]]:
    return itemgetter(*keys) if len(keys) > 1 else lambda e: tuple(e[k] for k in keys)


def _is_url(key: str) -> bool:
    return key.startswith("HTTP_") and not _URLS.isdisjoint(words_of(key))


def _as_json(names: list[str]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(names)) if names else NO_NAMES
