"""A tree, drawn with lines."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from repackage.cli._render import terminal_width
from repackage.cli._talk import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A child, the last child, below a child, below the last one.
LINES = ("├── ", "└── ", "│   ", "    ")
PLAIN = ("|-- ", "`-- ", "|   ", "    ")
NARROWEST = 20


@dataclass(slots=True)
class Branch:
    """A node: a label, remarks on it, and what hangs below."""

    label: str
    notes: tuple[str, ...] = ()
    barred: bool = False
    """Whether the way to it is closed."""
    below: dict[tuple[str, tuple[str, ...], bool], Branch] = field(default_factory=dict)

    def grow(self, label: str, notes: tuple[str, ...], *, barred: bool = False) -> Branch:
        """Find the branch below that is just like this, or let it grow."""
        key = (label, notes, barred)
        return self.below.setdefault(key, Branch(label, notes, barred))


def draw(root: Branch) -> Iterator[str]:
    """Draw a tree. On a terminal, remarks that do not fit go below their label."""
    yield visible(root.label)
    yield from _below(root, "", LINES if _draws_lines() else PLAIN)


def _below(branch: Branch, indent: str, lines: tuple[str, str, str, str]) -> Iterator[str]:
    children = list(branch.below.values())
    for position, child in enumerate(children):
        is_last = position == len(children) - 1
        further = indent + (lines[3] if is_last else lines[2])
        bar = lines[2] if child.below else lines[3]
        yield from _spelt(child, indent + (lines[1] if is_last else lines[0]), further + bar)
        yield from _below(child, further, lines)


def _spelt(branch: Branch, lead: str, indent: str) -> Iterator[str]:
    """The label, and what is to be said of it."""
    label = visible(branch.label)
    width = len(lead) + len(label)
    label = click.style(label, fg="red") if branch.barred else label
    remark = visible("; ".join(branch.notes))
    if not remark:
        yield f"{lead}{label}"
        return
    room = terminal_width()
    if room is None or width + len(remark) + 4 <= room:
        yield f"{lead}{label}  {click.style(f'({remark})', dim=True)}"
        return
    yield f"{lead}{label}"
    for note in map(visible, branch.notes):
        for line in wrap(note, max(room - len(indent), NARROWEST), break_on_hyphens=False):
            yield f"{indent}{click.style(line, dim=True)}"


def _draws_lines() -> bool:
    """Whether stdout can hold the characters that lines are made of."""
    try:
        "".join(LINES).encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return False
    return True
