"""What was decided about each URL rule of an application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_profiler.plain import plain
from flask_profiler.redaction import REDACTED, Names

if TYPE_CHECKING:
    from werkzeug.routing import Rule

UNMATCHED = "(unmatched)"

_PLACEHOLDER = re.compile(r"<(?:[^<>:(]*(?:\(.*?\))?:)?([A-Za-z_]\w*)>")


class Route:
    """A rule with its endpoint, and whether it is measured."""

    __slots__ = (
        "automatic_options",
        "endpoint",
        "ignored",
        "name",
        "secrets",
        "special",
        "tracked",
    )

    def __init__(self, name: str, endpoint: str | None) -> None:
        self.name = name
        self.endpoint = endpoint
        self.ignored = False
        self.tracked = True
        self.automatic_options = False
        """Whether Flask answers OPTIONS here by itself."""
        self.secrets: frozenset[str] = frozenset()
        """The view arguments whose names mean a secret."""
        self.special = endpoint is None
        """Whether there is more to do than for most: secrets, or no rule at all."""

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
    route = Route(rule.rule, rule.endpoint)
    route.ignored = is_ignored(rule.rule, patterns)
    route.automatic_options = getattr(rule, "provide_automatic_options", False)
    route.secrets = frozenset(name for name in rule.arguments if names.secret(name))
    route.special = bool(route.secrets)
    return route


def is_ignored(name: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    """Tell whether one of the patterns of `ignore` is found in a name."""
    return any(pattern.search(name) for pattern in patterns)
