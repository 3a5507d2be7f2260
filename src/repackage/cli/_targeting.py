"""Options that choose lock, target and selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from repackage.cli._options import FILE, with_options
from repackage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable


def targeting(
    *, several: bool = False, default: str = "this machine", policy: str = "locked"
) -> Callable[[Any], Any]:
    """Add the options that choose lock, target and selection.

    With ``several``, ``--target`` and ``--arch`` may be repeated.
    """
    repeated = " May be repeated." if several else ""
    target = click.option(
        "--target",
        metavar="NAME",
        multiple=True,
        callback=None if several else _only_one,
        help="What it is for, as 'repackage targets' lists it."
        f"{repeated}  [default: {default}]",
    )
    arch = click.option(
        "--arch",
        metavar="ARCH",
        multiple=True,
        callback=None if several else _only_one,
        help=f"Architecture of the target.{repeated}",
    )

    def add(command: Callable[..., Any]) -> Any:
        return with_options(
            command,
            *_locking(policy),
            target,
            arch,
            *_describing(),
            *_extras(),
            *_groups(),
            *_files(),
        )

    return add


def _only_one(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[str, ...]:
    """Refuse a second target, rather than forget the first one."""
    if len(given) > 1:
        raise UsageError.of(
            f"{context.info_name} takes one --{parameter.name}, and {len(given)} are given:"
            f" {', '.join(given)}",
            advice="run it for each of them; 'repackage plan' compares targets",
        )
    return given


def _locking(policy: str) -> tuple[Callable[[Any], Any], ...]:
    """The options that say by which lock, and how strictly."""
    return (
        click.option(
            "--lock",
            type=FILE,
            help="The lock.  [default: the nearest uv.lock, else pylock.toml]",
        ),
        click.option(
            "--project", type=FILE, help="A pyproject.toml.  [default: the one beside the lock]"
        ),
        click.option(
            "--policy",
            type=click.Choice(["exact", "locked", "constrain", "range", "report"]),
            help=f"How strictly the lock is kept.  [default: {policy}]",
        ),
    )


def _describing() -> tuple[Callable[[Any], Any], ...]:
    """The options that describe a target further, or one without a name."""
    return (
        click.option("--python", metavar="VERSION", help="Python version of the target."),
        click.option("--platform", metavar="TAG", help="Any platform: manylinux_2_28_x86_64."),
    )


def _extras() -> tuple[Callable[[Any], Any], ...]:
    """The options that select extras."""
    return (
        click.option(
            "--extra", "extras", multiple=True, metavar="NAME", help="An extra of the wheel."
        ),
        click.option("--all-extras", is_flag=True, help="Every extra of the wheel."),
        click.option(
            "--no-extra",
            "no_extras",
            multiple=True,
            metavar="NAME",
            help="All but this extra; it wins over what includes it.",
        ),
    )


def _groups() -> tuple[Callable[[Any], Any], ...]:
    """The options that select groups."""
    return (
        click.option(
            "--group",
            "groups",
            multiple=True,
            metavar="NAME",
            help="A dependency group of the project.",
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


def _files() -> tuple[Callable[[Any], Any], ...]:
    """The options that say what is built from source."""
    return (
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
    )
