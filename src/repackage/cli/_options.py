"""Options that several commands share."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from repackage.cli._talk import Talk
from repackage.errors import UsageError

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

    return _with(
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
    return _with(
        command,
        click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines."),
    )


def cached(command: Callable[..., Any]) -> Any:
    """Add ``--cache-dir``."""
    return _with(
        command,
        click.option(
            "--cache-dir",
            type=FILE,
            envvar="REPACKAGE_CACHE_DIR",
            show_envvar=True,
            help="Keep artifacts here.  [default: the user's cache directory]",
        ),
    )


def targeted(command: Callable[..., Any]) -> Any:
    """Add the options that choose lock, target and selection."""
    one = click.option(
        "--target", metavar="NAME", multiple=True, callback=_one_target, help=_TARGET
    )
    return _targeting(command, one)


def targeted_at_several(command: Callable[..., Any]) -> Any:
    """Add the same options, but that ``--target`` may be repeated."""
    several = click.option(
        "--target",
        "targets",
        metavar="NAME",
        multiple=True,
        help=_TARGET.replace(".  [", ". May be repeated, to compare.  ["),
    )
    return _targeting(command, several)


_TARGET = "What it is for, as 'repackage targets' lists it.  [default: this machine]"


def _one_target(
    context: click.Context,
    parameter: click.Parameter,  # noqa: ARG001 - click's
    targets: tuple[str, ...],
) -> str | None:
    """Refuse a second target, rather than forget the first one."""
    if len(targets) > 1:
        raise UsageError.of(
            f"{context.info_name} takes one target, and {len(targets)} are given:"
            f" {', '.join(targets)}",
            advice="run it for each of them; 'repackage plan' compares targets",
        )
    return targets[0] if targets else None


def _targeting(command: Callable[..., Any], target: Callable[[Any], Any]) -> Any:
    """Add the options that choose lock, target and selection."""
    return _with(
        command,
        click.option(
            "--lock",
            type=FILE,
            help="The lock.  [default: the nearest uv.lock, else pylock.toml]",
        ),
        target,
        click.option("--arch", metavar="ARCH", help="Architecture of the target."),
        click.option("--python", metavar="VERSION", help="Python version of the target."),
        click.option("--platform", metavar="TAG", help="Any platform: manylinux_2_28_x86_64."),
        click.option(
            "--extra", "extras", multiple=True, metavar="NAME", help="An extra of the wheel."
        ),
        click.option(
            "--group",
            "groups",
            multiple=True,
            metavar="NAME",
            help="A dependency group of the project.",
        ),
        *_selecting(),
        click.option(
            "--no-binary",
            multiple=True,
            metavar="NAME",
            help="A distribution that is built from source; :all: for every one.",
        ),
        click.option(
            "--only-binary",
            multiple=True,
            metavar="NAME",
            help="A distribution that is never built; :all: for every one.",
        ),
        click.option(
            "--policy",
            type=click.Choice(["exact", "locked", "constrain", "range", "report"]),
            help="How strictly the lock is kept.",
        ),
        click.option(
            "--project", type=FILE, help="A pyproject.toml.  [default: the one beside the lock]"
        ),
    )


def _selecting() -> tuple[Callable[[Any], Any], ...]:
    """The options that select more, or less, than single extras and groups."""
    return (
        click.option("--all-extras", is_flag=True, help="Every extra of the wheel."),
        click.option(
            "--no-extra",
            "no_extras",
            multiple=True,
            metavar="NAME",
            help="All but this extra; it wins over what includes it.",
        ),
        click.option("--all-groups", is_flag=True, help="Every group of the project."),
        click.option(
            "--only-group",
            "only_groups",
            multiple=True,
            metavar="NAME",
            help="A group, without what the project itself requires.",
        ),
        click.option(
            "--no-group",
            "no_groups",
            multiple=True,
            metavar="NAME",
            help="All but this group; it wins over what includes it.",
        ),
        click.option(
            "--default-groups",
            is_flag=True,
            help="The groups that uv includes by default; a package has none unless asked.",
        ),
    )


def building(command: Callable[..., Any]) -> Any:
    """Add the options that say what to build, from what and where."""
    return _with(
        command,
        click.argument("wheel", type=FILE),
        click.option(
            "-f",
            "--format",
            "formats",
            multiple=True,
            metavar="NAME",
            help="What to make, as 'repackage formats' lists it. May be repeated.",
        ),
        click.option(
            "-o", "--out-dir", type=FILE, help="Where it goes.  [default: beside the wheel]"
        ),
        click.option(
            "--find-links",
            multiple=True,
            type=FILE,
            metavar="DIR",
            help="A directory of wheels: of members, or a wheelhouse.  "
            "[default: the wheel's directory]",
        ),
        click.option(
            "--scripts-of",
            multiple=True,
            metavar="NAME",
            help="A dependency whose commands are installed, too.  [default: none]",
        ),
        click.option(
            "--offline", is_flag=True, help="Use nothing but the cache and --find-links."
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
            "--jobs", type=click.IntRange(min=1), help="Threads.  [default: one per processor]"
        ),
    )


def _with(command: Any, *decorators: Callable[[Any], Any]) -> Any:
    """Apply decorators so that ``--help`` shows them in the order given."""
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
