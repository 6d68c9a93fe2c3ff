"""What was decided about each URL rule of an application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_profiler.line.encode import route_as_json
from flask_profiler.plain import plain
from flask_profiler.redaction import REDACTED, Names

if TYPE_CHECKING:
    import msgspec
    from werkzeug.routing import Rule

UNMATCHED = "(unmatched)"

_METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)
_OTHER_METHOD = "(other)"
"""Anybody can make methods up, and each would be a route of its own."""
_MOST_METHODS = 20

_PLACEHOLDER = re.compile(r"<(?:[^<>:(]*(?:\(.*?\))?:)?([A-Za-z_]\w*)>")


class _AsJson(dict[str, "msgspec.Raw"]):
    """Method → method, name and endpoint as they stand in a line."""

    def __init__(self, name: str, endpoint: str | None) -> None:
        self._name = name
        self._endpoint = endpoint

    def __missing__(self, method: str) -> msgspec.Raw:
        if self._endpoint is None and method not in _METHODS:
            method = _OTHER_METHOD
        encoded = route_as_json(method, self._name, self._endpoint)
        if len(self) < _MOST_METHODS:
            self[method] = encoded
        return encoded


class Route:
    """A rule with its endpoint, and whether it is measured."""

    __slots__ = (
        "as_json",
        "automatic_options",
        "endpoint",
        "ignored",
        "name",
        "plain",
        "rule",
        "secrets",
        "tracked",
    )

    def __init__(
        self, name: str, endpoint: str | None, rule: Rule | None = None
    ) -> None:
        self.name = name
        self.endpoint = endpoint
        self.rule = rule
        self.ignored = False
        self.tracked = True
        self.plain = False
        """Whether each request for it is measured."""
        self.automatic_options = False
        """Whether Flask answers OPTIONS here by itself."""
        self.secrets: frozenset[str] = frozenset()
        """The view arguments whose names mean a secret."""
        self.as_json = _AsJson(name, endpoint)
        """Method → the key `route` of lines."""

    def path(self, kwargs: Mapping[str, Any], names: Names) -> str:
        """Give the path of a request, as WSGI would, without its secrets."""

        def text_of(found: re.Match[str]) -> str:
            name = found[1]
            if name in self.secrets:
                return REDACTED
            return str(plain(kwargs.get(name, found[0]), names))

        path = _PLACEHOLDER.sub(text_of, self.name)
        return path.encode("utf-8", "replace").decode("latin-1")


def route_of(rule: Rule, patterns: tuple[re.Pattern[str], ...], names: Names) -> Route:
    """Read what there is to know from a rule."""
    route = Route(rule.rule, rule.endpoint, rule)
    route.ignored = is_ignored(rule.rule, patterns)
    route.automatic_options = getattr(rule, "provide_automatic_options", False)
    route.secrets = frozenset(name for name in rule.arguments if names.secret(name))
    return route


def is_ignored(name: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    """Tell whether one of the patterns of `ignore` is found in a name."""
    return any(pattern.search(name) for pattern in patterns)
