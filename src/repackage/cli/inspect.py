"""``repackage inspect``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from repackage.cli._options import FILE, machine_readable, talkative

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.cli._artifact import Held
    from repackage.cli._talk import Talk
    from repackage.ledger import Ledgers


@click.command("inspect")
@click.argument("artifact", type=FILE)
@click.option(
    "-f",
    "--format",
    "format_name",
    metavar="NAME",
    help="How to read it.  [default: as it looks]",
)
@click.option("--entries", "list_entries", is_flag=True, help="List every entry.")
@machine_readable
@talkative
def command(
    *,
    artifact: Path,
    format_name: str | None,
    list_entries: bool,
    as_json: bool,
    talk: Talk,
) -> None:
    """Show what is in an artifact.

    Metadata, and how much each distribution brought: by the RECORD files inside, so the
    artifact may be somebody else's. Where there is a ledger, what it was packaged from.
    """
    from repackage.cli._artifact import open_artifact  # lazily
    from repackage.cli._render import print_json  # lazily
    from repackage.ledger import find_ledgers  # lazily

    held = open_artifact(artifact, format_name=format_name)
    ledgers = find_ledgers(held.entries)
    for note in ledgers.notes:
        talk.warn(note)
    if as_json:
        print_json(_facts(held, ledgers))
    else:
        _print(held, ledgers, list_entries=list_entries or talk.verbosity > 0)


def _facts(held: Held, ledgers: Ledgers) -> dict[str, Any]:
    """Everything about an artifact, for machines."""
    from repackage.cli._artifact import entry_facts, shares  # lazily
    from repackage.ledger import to_json  # lazily

    return {
        "path": str(held.path),
        "format": held.format,
        "size": held.size,
        "sha256": _sha256(held.path),
        "metadata": dict(held.metadata),
        "ledgers": [
            {"path": found.path, "ledger": json.loads(to_json(found.ledger))}
            for found in ledgers.found
        ],
        "distributions": [asdict(share) for share in shares(held.entries)],
        "entries": [entry_facts(entry) for entry in held.entries],
    }


def _print(held: Held, ledgers: Ledgers, *, list_entries: bool) -> None:
    """Print what matters about an artifact, for people."""
    from repackage.cli._artifact import shares  # lazily
    from repackage.cli._provenance import provenance
    from repackage.cli._render import human_size, print_facts, print_table

    size = held.size
    print_facts(
        [
            ("file", held.path.name),
            ("format", held.format),
            ("size", f"{human_size(size)} ({size} bytes)"),
            ("sha256", _sha256(held.path)),
            ("entries", str(len(held.entries))),
        ]
    )
    if held.metadata:
        click.echo("")
        print_facts(held.metadata.items())
    for found in ledgers.found:
        click.echo("")
        print_facts(provenance(found))
    click.echo("")
    rows = [
        (
            share.name or "(of no distribution)",
            share.version,
            str(share.files),
            human_size(share.size),
        )
        for share in shares(held.entries)
    ]
    print_table(rows, heading=("DISTRIBUTION", "VERSION", "FILES", "SIZE"))
    if list_entries:
        click.echo("")
        print_table(_row(entry) for entry in held.entries)


def _row(entry: Any) -> tuple[str, str, str]:
    """One entry as ``ls -l`` would have it."""
    from repackage.tree import Directory, Symlink  # lazily

    match entry:
        case Symlink():
            return "link", "", f"{entry.path} -> {entry.target}"
        case Directory():
            return f"{entry.mode:04o}", "", f"{entry.path}/"
        case _:
            return f"{entry.mode:04o}", str(entry.size), entry.path


def _sha256(path: Path) -> str:
    """Digest a file; a directory has no digest."""
    from repackage.lock import sha256_of  # lazily

    return "" if path.is_dir() else sha256_of(path)
