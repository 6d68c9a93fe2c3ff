"""The terminal: `flask profiler`.

Flask imports this module at every `flask` call, so it stays tiny and loads a command
only when that command is asked for.
"""

from __future__ import annotations

import difflib
import importlib
import typing

import click

_COMMANDS = ("summary", "list", "show", "status", "drain")


class LazyGroup(click.Group):
    """Find each command in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order in which they are of use."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; `None` if there is no such."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.commands.{cmd_name}")
        return typing.cast("click.Command", module.command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed, or say which one may have been meant."""
        name = args[0]
        if name not in _COMMANDS and name[:1].isalnum():
            near = difflib.get_close_matches(name, _COMMANDS, n=1)
            meant = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{name}'.{meant}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def profiler() -> None:
    """Say which endpoints are slow, and why.

    Reads the store of the application that flask finds (--app), or with --db any store,
    without an application.
    """
