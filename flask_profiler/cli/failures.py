"""How a command fails: one clear message, the cure, and the right exit code."""

from __future__ import annotations

import os
import sys
from typing import IO, Any, NoReturn

import click
from flask.helpers import get_debug_flag

from flask_profiler.errors import ConfigError, ProfilerError, QueryError
from flask_profiler.formatting import visible


class Failure(click.ClickException):
    """Something went wrong while reading: a message and a hint, exit code 1."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: IO[Any] | None = None) -> None:
        """Print `Error:` and `Hint:`, with nothing in them that acts on a terminal."""
        say(f"Error: {self.message}", file)
        if self.hint:
            say(f"Hint: {self.hint}", file)


class Misuse(Failure):
    """What was typed or configured can't be used: exit code 2."""

    exit_code = 2


class ProfilerCommand(click.Command):
    """Turn what goes wrong into a message; `--debug` keeps the traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        if sys.stdout is None:
            raise Failure("There is no standard output to write to.")
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            # The reader has all it wanted. What is buffered must go somewhere, or the
            # interpreter complains when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return None
        except Exception as error:
            if ctx.params.get("debug") or get_debug_flag():
                raise
            raise failure_of(error) from error
        return result


def failure_of(error: Exception) -> Failure:
    """Give the message and exit code for whatever a command ran into."""
    if isinstance(error, QueryError | ConfigError):
        return Misuse(str(error), hint=error.hint)
    if isinstance(error, ProfilerError):
        return Failure(str(error), hint=error.hint)
    if isinstance(error, OSError):
        return Failure(str(error))
    return Failure(
        f"{type(error).__name__}: {error}", hint="--debug shows the traceback."
    )


def leave(code: int) -> NoReturn:
    """End a command that has answered with an exit code of its own."""
    sys.stdout.flush()
    raise click.exceptions.Exit(code)


def say(message: str, file: IO[Any] | None = None) -> None:
    """Tell the person something on stderr, safe for a terminal."""
    stream = file or sys.stderr
    if stream is None:  # closed by the caller; click would write to stdout
        return
    text = "\n".join(map(visible, message.splitlines()))
    encoding = getattr(stream, "encoding", None) or "ascii"
    click.echo(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)
