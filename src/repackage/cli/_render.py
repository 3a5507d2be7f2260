"""Results on stdout: aligned columns for people, JSON for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KIB = 1024


def print_json(value: object) -> None:
    """Print a value as JSON; keys stay in the order in which they were made."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(rows: Iterable[Sequence[str]]) -> None:
    """Print rows in aligned columns; the last column is not padded."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print ``key: value`` lines, leaving out those without a value."""
    print_table((f"{key}:", value) for key, value in facts if value)


def human_size(size: int) -> str:
    """A number of bytes as people read it: ``1.5 MiB``."""
    if size < KIB:
        return f"{size} B"
    amount = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        amount /= KIB
        if amount < KIB:
            return f"{amount:.1f} {unit}"
    return f"{amount / KIB:.1f} TiB"
