"""The command line: parse, call one function, print, map errors.

``repackage --help`` imports click and nothing else of weight: each command lives in a
module of its own that is imported when the command is called.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from repackage.cli._errors import exit_status
from repackage.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "main", "program"]

#: Name: what ``--help`` says; the first line of the command's own help (there is a test).
COMMANDS = {
    "build": "Package a wheel with what its lock chose; the default command.",
    "plan": "Decide and print what build would do; write nothing.",
    "sign": "Sign artifacts that were made before, whoever made them.",
    "push": "Push a container image to registries.",
    "pull": "Save the image of a registry as an OCI layout.",
    "check": "Judge a directory or an artifact against a lock.",
    "inspect": "Show what is in an artifact.",
    "diff": "Show what changed between two artifacts.",
    "formats": "List the formats that are installed.",
    "targets": "List the targets that are known by name.",
    "schema": "Print the JSON Schema of [tool.repackage], or of a format's table.",
    "cache": "Show, prune or clear the cache.",
}
DEFAULT = "build"
#: Objects between two searches for garbage in circles: a run makes many that last, and few
#: circles; with Python's 700 it looks through all of them again and again. One search among
#: 100,000 takes 30 ms, and finds 3,400 that Python's own dataclasses left behind.
_GARBAGE = 1_000_000
OWN_OPTIONS = ("--help", "-h", "--version")
#: Options that most commands have, and that take no value: tempting to put first.
FLAGS = ("-q", "--quiet", "-v", "-vv", "--verbose", "--json", "--no-progress")


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Name the commands in the order of their importance."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"repackage.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take ``repackage app.whl`` and ``repackage -f deb app.whl`` for ``build``."""
        if len(args) > 1 and args[0] in FLAGS and args[1] in COMMANDS:
            raise UsageError.of(
                f"{args[0]} stands before the command {args[1]!r}",
                advice=f"options come last: 'repackage {args[1]} ... {args[0]}'",
            )
        if args and args[0] not in (*COMMANDS, *OWN_OPTIONS) and _looks_like_build(args[0]):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, or suggest the nearest."""
        if args[0] not in COMMANDS:
            raise UsageError.of(
                f"no command is called {args[0]!r}", advice=did_you_mean(args[0], COMMANDS)
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _looks_like_build(argument: str) -> bool:
    """Whether a first argument is an option or a path rather than a misspelt command."""
    from pathlib import Path  # --help and --version need none

    return (
        argument.startswith("-")
        or argument.endswith(".whl")
        or len(Path(argument).parts) > 1
        or Path(argument).exists()
    )


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Options come after the command. 'repackage COMMAND --help' explains each.",
)
@click.version_option(package_name="repackage", message="%(prog)s %(version)s")
def program() -> None:
    """Turn a Python wheel and its lock into what an operating system installs.

    'repackage --format deb dist/app.whl' is short for 'repackage build ...'.
    """


def _leave_when_told() -> None:
    """Take away what is unfinished when terminated, or when the terminal is closed."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # nohup(1) has SIGHUP ignored, and so it stays
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)


def _leave(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - the signal's
    """Leave as an interrupt does, with the status that a shell gives to the signal."""
    sys.exit(128 + number)  # TERMINATED and HUNG_UP


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and leave with its exit status."""
    _leave_when_told()
    gc.set_threshold(_GARBAGE)
    atexit.register(gc.freeze)  # else Python searches once more on its way out: 40 ms
    arguments = sys.argv[1:] if arguments is None else arguments
    sys.exit(exit_status(program, list(arguments)))
