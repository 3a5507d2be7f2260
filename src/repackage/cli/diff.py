"""``repackage diff``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from repackage.cli._options import FILE, machine_readable, talkative
from repackage.cli._talk import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from repackage.cli._artifact import Held
    from repackage.cli._talk import Talk

#: Sign, path, what differs.
Change = tuple[str, str, str]


@click.command("diff")
@click.argument("before", type=FILE, metavar="A")
@click.argument("after", type=FILE, metavar="B")
@click.option(
    "-f",
    "--format",
    "format_name",
    metavar="NAME",
    help="Of both.  [default: as they look]",
)
@machine_readable
@talkative
def command(
    *, before: Path, after: Path, format_name: str | None, as_json: bool, talk: Talk
) -> int:
    """Show what changed between two artifacts.

    The status is 0 if what they install and say of themselves is the same, and 1 if not.
    Entries that differ in nothing but their date are counted; -v lists them. Where both
    have a ledger, it is told what was decided otherwise: distributions, lock, target.
    """
    from repackage.cli._artifact import open_artifact  # lazily
    from repackage.cli._render import print_json  # lazily

    one = open_artifact(before, format_name=format_name)
    other = open_artifact(after, format_name=format_name)
    changes = list(_changes(one, other))
    if as_json:
        print_json(
            [
                {"change": WORDS[sign], "path": path, "what": what}
                for sign, path, what in changes
            ]
        )
    else:
        _print(changes, verbose=talk.verbosity > 0)
    return 1 if changes else 0


WORDS = {"+": "added", "-": "removed", "~": "changed", "@": "metadata", "#": "ledger"}
COLOURS = {"+": "green", "-": "red", "~": "yellow", "@": "cyan", "#": "cyan"}


def _changes(one: Held, other: Held) -> Iterator[Change]:
    """Compare metadata, if both are of one format, what ledgers tell, and entries by path."""
    if one.format == other.format:
        for key in sorted({*one.metadata, *other.metadata}):
            was, is_now = one.metadata.get(key, ""), other.metadata.get(key, "")
            if was != is_now:
                yield "@", key, f"{was!r} is now {is_now!r}"
    yield from _ledger_changes(one, other)
    yield from _entry_changes(_by_path(one), _by_path(other))


def _ledger_changes(one: Held, other: Held) -> Iterator[Change]:
    """Compare what was decided, where both have the ledger of an application."""
    from repackage.cli._provenance import ledger_changes  # lazily
    from repackage.ledger import find_ledgers  # lazily

    before = {each.ledger.application: each.ledger for each in find_ledgers(one.entries).found}
    for found in find_ledgers(other.entries).found:
        known = before.get(found.ledger.application)
        if known is not None:
            for what, said in ledger_changes(known, found.ledger):
                yield "#", what, said


def _by_path(held: Held) -> dict[str, Mapping[str, object]]:
    """What is known of each entry."""
    from repackage.cli._artifact import entry_facts  # lazily

    return {entry.path: entry_facts(entry) for entry in held.entries}


def _entry_changes(
    one: Mapping[str, Mapping[str, object]], other: Mapping[str, Mapping[str, object]]
) -> Iterator[Change]:
    """Compare entries by path; of those that are there twice, say what differs."""
    for path in sorted({*one, *other}):
        if path not in one:
            yield "+", path, ""
        elif path not in other:
            yield "-", path, ""
        else:
            was, is_now = one[path], other[path]
            keys = [key for key in is_now if was.get(key) != is_now[key]]
            if keys:
                yield "~", path, ", ".join(keys)


def _print(changes: list[Change], *, verbose: bool) -> None:
    """Print changes, for people: dates are of less interest than contents."""
    shown = [change for change in changes if verbose or change[2] != "mtime"]
    for sign, path, what in shown:
        line = visible(f"{sign} {path}{f' ({what})' if what else ''}")
        click.echo(click.style(line, fg=COLOURS[sign]))
    numbers = Counter(WORDS[sign] for sign, _, _ in shown)
    said = [f"{number} {word}" for word, number in numbers.items()]
    if len(shown) < len(changes):
        said.append(f"{len(changes) - len(shown)} differ in their date alone")
    if said:
        click.echo(", ".join(said))
