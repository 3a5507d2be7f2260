"""``repackage cache``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from repackage.cli._options import cached, machine_readable, talkative

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.cli._talk import Talk

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


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
        kinds = {kind.name: {"files": kind.files, "size": kind.size} for kind in found.kinds}
        print_json({"directory": str(found.directory), "size": found.size, "kinds": kinds})
        return
    click.echo(f"{found.directory}\n")
    print_table(
        [
            *((kind.name, str(kind.files), human_size(kind.size)) for kind in found.kinds),
            ("total", str(found.files), human_size(found.size)),
        ],
        heading=("KIND", "FILES", "SIZE"),
    )


@command.command("prune")
@click.option(
    "--days", type=click.FloatRange(min=0), help="Remove what was not used for so long."
)
@click.option(
    "--size", metavar="SIZE", help="Remove the least recently used beyond this: 2G, 500M."
)
@cached
@talkative
def prune(*, days: float | None, size: str | None, cache_dir: Path | None, talk: Talk) -> None:
    """Remove what was not used lately; without options, leftovers only."""
    from repackage.store import Store  # lazily

    limit = None if size is None else _bytes(size)
    removed = Store.open(cache_dir).prune(max_age_days=days, max_size=limit)
    _say_removed(removed.files, removed.size, talk=talk)


@command.command("clear")
@cached
@talkative
def clear(*, cache_dir: Path | None, talk: Talk) -> None:
    """Remove everything."""
    from repackage.store import Store  # lazily

    removed = Store.open(cache_dir).clear()
    _say_removed(removed.files, removed.size, talk=talk)


def _say_removed(files: int, size: int, *, talk: Talk) -> None:
    """Say how much was removed."""
    from repackage.cli._render import counted, human_size  # lazily

    talk.say(f"removed {counted(files, 'file')}, {human_size(size)}")


def _bytes(text: str) -> int:
    """Read a size: ``500M`` is 500 MiB."""
    found = re.fullmatch(r"([0-9]{1,15})\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if found is None:
        raise click.BadParameter(f"{text!r} is not a size, such as 2G", param_hint="--size")
    return int(found[1]) * UNITS[found[2].upper()]
