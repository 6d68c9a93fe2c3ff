"""Options that belong together reach a command as one value."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]
Decorator: TypeAlias = Callable[[Function], Function]


def bundle(name: str, kind: type[Any], *options: Decorator) -> Decorator:
    """Add options to a command, and hand it their values as one argument.

    `kind` is a dataclass with a field for each option.
    """
    keys = [field.name for field in dataclasses.fields(kind)]

    def decorate(command: Function) -> Function:
        @functools.wraps(command)
        def bundled(**given: Any) -> Any:
            own = {key: given.pop(key) for key in keys}
            return command(**given, **{name: kind(**own)})

        made: Function = bundled
        for option in reversed(options):
            made = option(made)
        return made

    return decorate
