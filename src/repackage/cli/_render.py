"""Results on stdout: aligned columns for people, JSON for machines."""

from __future__ import annotations

import json
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from repackage.cli._talk import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

KIB = 1024
GAP = 2
_SURROGATE = re.compile(r"[\ud800-\udfff]")
#: No column is made narrower than this, however narrow the terminal.
NARROWEST = 8


def print_json(value: object) -> None:
    """Print a value as JSON; keys stay in the order in which they were made."""
    click.echo(json_text(value))


def json_text(value: object) -> str:
    """Write a value as JSON, indented, without a line's end.

    Bytes of names that are no UTF-8 are escaped: no encoding has characters for them.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def print_table(
    rows: Iterable[Sequence[str]], *, heading: Sequence[str] = (), even: bool = False
) -> None:
    """Print rows in aligned columns; the last column is not padded.

    On a terminal that is too narrow, the last column is cut and then the widest, or, with
    ``even``, the widest at once. In a pipe nothing is.
    """
    table = [*((heading,) if heading else ()), *rows]
    for position, line in enumerate(table_lines(table, room=terminal_width(), even=even)):
        click.echo(click.style(line, bold=True) if heading and not position else line)


def table_lines(
    rows: Iterable[Sequence[str]],
    *,
    room: int | None = None,
    even: bool = False,
    styles: Sequence[Mapping[str, Any]] = (),
    padded: bool = False,
) -> Iterator[str]:
    """Lay rows out in aligned columns, cut to fit into ``room`` if there is a limit to it.

    ``styles`` has one for the first cell of each row; ``padded``: all rows are equally long.
    """
    table = [tuple(map(visible, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    if room is not None:
        widths = _fitted(widths, room, even=even)
    for position, row in enumerate(table):
        cells = [
            shortened(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True)
        ]
        if styles:
            cells[0] = click.style(cells[0], **styles[position])
        line = (" " * GAP).join(cells)
        yield line if padded else line.rstrip()


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print ``key: value`` lines, leaving out those without a value; nothing is cut."""
    kept = [(f"{key}:", value) for key, value in facts if value]
    width = max((len(key) for key, _ in kept), default=0) + GAP
    for key, value in kept:
        below = ("\n" + " " * width).join(map(visible, value.split("\n")))
        click.echo(f"{click.style(key, dim=True)}{' ' * (width - len(key))}{below}")


def shortened(text: str, width: int) -> str:
    """Cut a text to a width; of a list, keep what fits and count the rest: ``a, b +3``."""
    if len(text) <= width:
        return text
    items = text.split(", ")
    for kept in range(len(items) - 1, 0, -1):
        listed = f"{', '.join(items[:kept])} +{len(items) - kept}"
        if len(listed) <= width:
            return listed
    return f"{text[: width - 1]}…"


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


def counted(number: int, what: str) -> str:
    """A number of things: ``1 file``, ``2 files``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def terminal_width() -> int | None:
    """Columns of the terminal that stdout is; None if it is something else."""
    drawn = sys.stdout is not None and sys.stdout.isatty()  # None: it is closed
    return shutil.get_terminal_size().columns if drawn else None


def _fitted(widths: Sequence[int], room: int, *, even: bool) -> list[int]:
    """Make a row fit: take from the last column first, then from whichever is the widest."""
    fitted = list(widths)
    last = len(fitted) - 1
    while sum(fitted) + GAP * last > room and max(fitted) > NARROWEST:
        widest = max(range(len(fitted)), key=lambda column: (fitted[column], column))
        fitted[last if fitted[last] > 2 * NARROWEST and not even else widest] -= 1
    return fitted
