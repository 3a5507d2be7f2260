"""``repackage cache``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from repackage.cli._options import cached, machine_readable, talkative, with_options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repackage.cli._talk import Talk

#: Those of the store, which is not imported for its names alone.
KINDS = (
    "aliases",
    "artifacts",
    "built",
    "git",
    "manifests",
    "partial",
    "pieces",
    "prepared",
    "seals",
    "seen",
)


@click.group("cache")
def command() -> None:
    """Show, prune or clear the cache.

    Everything in it can be deleted at any time; what is missing is fetched again.
    """


@command.command("info")
@cached
@machine_readable
@talkative
def info(*, cache_dir: Path | None, as_json: bool, talk: Talk) -> None:  # noqa: ARG001 - nothing but results
    """Show where the cache is, and how much it holds."""
    from repackage.cli._render import human_size, print_json, print_table
    from repackage.store import Store  # lazily

    found = Store.open(cache_dir).info()
    if as_json:
        kinds = {
            kind.name: {"files": kind.files, "size": kind.size}
            | ({} if kind.limit is None else {"limit": kind.limit})
            for kind in found.kinds
        }
        print_json({"directory": str(found.directory), "size": found.size, "kinds": kinds})
        return
    click.echo(f"{found.directory}\n")
    rows = [(kind.name, kind.files, kind.size, kind.limit) for kind in found.kinds]
    print_table(
        [
            (name, str(files), human_size(size), "" if limit is None else human_size(limit))
            for name, files, size, limit in [*rows, ("total", found.files, found.size, None)]
        ],
        heading=("KIND", "FILES", "SIZE", "LIMIT"),
    )


def _of_one_kind(command: Callable[..., Any]) -> Any:
    """Add ``--kind``."""
    return with_options(
        command,
        click.option(
            "--kind",
            type=click.Choice(KINDS),
            metavar="KIND",
            help=f"Remove of one kind alone: {', '.join(KINDS)}.",
        ),
    )


@command.command("prune")
@click.option(
    "--days", type=click.FloatRange(min=0), help="Remove what was not used for so long."
)
@click.option(
    "--size", metavar="SIZE", help="Remove the least recently used beyond this: 2G, 500M."
)
@_of_one_kind
@cached
@talkative
def prune(
    *,
    days: float | None,
    size: str | None,
    kind: str | None,
    cache_dir: Path | None,
    talk: Talk,
) -> None:
    """Remove what was not used lately; without options, leftovers only."""
    from repackage.store import Store  # lazily

    limit = None if size is None else _bytes(size)
    if kind is not None and days is None and limit is None:
        raise click.UsageError("--kind says of what: say how much with --days or --size")
    removed = Store.open(cache_dir, limited=False).prune(
        max_age_days=days, max_size=limit, kind=kind
    )
    _say_removed(removed.files, removed.size, talk=talk)


@command.command("clear")
@_of_one_kind
@cached
@talkative
def clear(*, kind: str | None, cache_dir: Path | None, talk: Talk) -> None:
    """Remove everything, or all of a kind."""
    from repackage.store import Store  # lazily

    removed = Store.open(cache_dir, limited=False).clear(kind=kind)
    _say_removed(removed.files, removed.size, talk=talk)


def _say_removed(files: int, size: int, *, talk: Talk) -> None:
    """Say how much was removed."""
    from repackage.cli._render import counted, human_size  # lazily

    talk.say(f"removed {counted(files, 'file')}, {human_size(size)}")


def _bytes(text: str) -> int:
    from repackage.store import parse_size  # lazily

    try:
        return parse_size(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}, such as 2G", param_hint="--size") from error
