"""Options that several commands share."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from repackage.cli._talk import Talk

if TYPE_CHECKING:
    from collections.abc import Callable

#: The colours of ``--color``, as click wants them.
COLOURS = {"auto": None, "always": True, "never": False}
FILE = click.Path(path_type=Path)


def talkative(command: Callable[..., Any]) -> Any:
    """Add ``-q``, ``-v``, ``--color`` and ``--no-progress``, and pass ``talk`` instead."""

    @wraps(command)
    @click.pass_context
    def talking(
        context: click.Context,
        /,
        *arguments: object,
        quiet: bool,
        verbose: int,
        color: str,
        no_progress: bool,
        **options: object,
    ) -> Any:
        talk = context.ensure_object(Talk)
        talk.verbosity = -1 if quiet else verbose
        talk.colour = COLOURS[color]
        talk.progress = not no_progress
        context.color = talk.coloured  # of everything that click prints
        return command(*arguments, talk=talk, **options)

    return with_options(
        talking,
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
        click.option("-v", "--verbose", count=True, help="Explain decisions; -vv for more."),
        click.option(
            "--color",
            type=click.Choice(list(COLOURS)),
            default="auto",
            help="When to use colours; auto heeds NO_COLOR.",
        ),
        click.option("--no-progress", is_flag=True, help="Draw no progress bars."),
    )


def machine_readable(command: Callable[..., Any]) -> Any:
    """Add ``--json``."""
    return with_options(
        command,
        click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines."),
    )


def cached(command: Callable[..., Any]) -> Any:
    """Add ``--cache-dir``."""
    return with_options(
        command,
        click.option(
            "--cache-dir",
            type=FILE,
            envvar="REPACKAGE_CACHE_DIR",
            show_envvar=True,
            help="Keep artifacts here.  [default: the user's cache directory]",
        ),
    )


def signing(command: Callable[..., Any]) -> Any:
    """Add the options that say who signs."""
    return with_options(
        command,
        click.option(
            "--sign-key",
            "sign_keys",
            multiple=True,
            metavar="KEY",
            help="Sign with a key that gpg has: a fingerprint ('!' behind it: that subkey), or "
            "a user id. Repeat it to sign with several.  [default: nobody signs]",
        ),
        click.option(
            "--sign-command",
            metavar="COMMAND",
            default="",
            help="Sign with a program and its arguments instead: the data are on its standard "
            "input, a detached OpenPGP signature on its output. No shell reads it.",
        ),
        click.option(
            "--sign-public-key",
            type=FILE,
            metavar="FILE",
            help="The public key by which signatures of the program are verified.",
        ),
    )


def building(command: Callable[..., Any]) -> Any:
    """Add the options that say what to build, from what and where."""
    return with_options(
        command, click.argument("wheel", type=FILE), *_making(), *_holding(), *_finding()
    )


def _making() -> tuple[Callable[[Any], Any], ...]:
    """The options that say what to make."""
    return (
        click.option(
            "-f",
            "--format",
            "formats",
            multiple=True,
            metavar="NAME",
            help="What to make, as 'repackage formats' lists it.",
        ),
        click.option(
            "-o", "--out-dir", type=FILE, help="Where it goes.  [default: beside the wheel]"
        ),
        click.option(
            "-C",
            "--config-setting",
            "settings",
            multiple=True,
            metavar="FORMAT.KEY=VALUE",
            help="An option of a format; arrays by repeating.",
        ),
        click.option(
            "--jobs",
            metavar="N",
            type=click.IntRange(min=1),
            help="Threads.  [default: one per processor]",
        ),
    )


def _holding() -> tuple[Callable[[Any], Any], ...]:
    """The options that say what is in it."""
    return (
        click.option(
            "--scripts-of",
            multiple=True,
            metavar="NAME",
            help="A dependency whose commands are installed, too.  [default: none]",
        ),
        click.option(
            "--dependencies",
            type=click.Choice(["bundle", "system"]),
            help="Who brings what the wheel requires: the package itself, or packages of the "
            "distribution.  [default: as each format's layout has it]",
        ),
        click.option(
            "--bytecode",
            is_flag=True,
            help="Ship bytecode of every module. It takes a Python of the target's minor version.  "
            "[default: no; debs and rpms compile at installation]",
        ),
    )


def _finding() -> tuple[Callable[[Any], Any], ...]:
    """The options that say where wheels are."""
    return (
        click.option(
            "--find-links",
            multiple=True,
            type=FILE,
            metavar="DIR",
            help="A directory of wheels: of members, or a wheelhouse.  "
            "[default: the wheel's directory]",
        ),
        click.option(
            "--offline", is_flag=True, help="Use nothing but the cache and --find-links."
        ),
    )


def registering(command: Callable[..., Any]) -> Any:
    """Add the options that say how registries are talked to."""
    return with_options(
        command,
        click.option(
            "--insecure",
            is_flag=True,
            help="Talk to registries without encryption, as to this machine always.",
        ),
        click.option(
            "--jobs",
            metavar="N",
            type=click.IntRange(min=1),
            default=6,
            help="Blobs on their way at the same time.  [default: 6]",
        ),
    )


def with_options(command: Any, *decorators: Callable[[Any], Any]) -> Any:
    """Apply decorators so that ``--help`` shows them in the order given."""
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
