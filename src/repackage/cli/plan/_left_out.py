"""What of the lock is left out, distribution by distribution, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from repackage.cli._render import print_table
from repackage.cli.plan._files import requirer_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from repackage.closure import Closure, LeftOut, Skipped

#: Of several reasons, the one that is said: the nearest to being installed comes first.
ORDER: tuple[LeftOut, ...] = (
    *("fork", "marker", "extra", "group", "virtual", "parent", "elsewhere"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """A distribution that is left out."""

    name: NormalizedName
    version: str
    kind: LeftOut
    edges: tuple[Skipped, ...]
    """Of that kind."""


def left_out_of(closure: Closure) -> tuple[Absence, ...]:
    """List what is left out, each distribution once, sorted by kind and name."""
    by_package: dict[tuple[NormalizedName, str], list[Skipped]] = {}
    for each in closure.skipped:
        by_package.setdefault((each.name, str(each.version or "")), []).append(each)
    found = []
    for (name, version), edges in by_package.items():
        kind = min((edge.kind for edge in edges), key=ORDER.index)
        same = tuple(edge for edge in edges if edge.kind == kind)
        found.append(Absence(name=name, version=version, kind=kind, edges=same))
    return tuple(sorted(found, key=lambda each: (ORDER.index(each.kind), each.name)))


def summary_of(absences: Sequence[Absence]) -> str:
    """Count them: ``6 left out: marker 4, group 2; 7 are for others``."""
    kinds = Counter(each.kind for each in absences)
    for_others = kinds.pop("elsewhere", 0)
    parts = []
    if kinds:
        said = ", ".join(f"{kind} {kinds[kind]}" for kind in ORDER if kinds[kind])
        parts.append(f"{kinds.total()} left out: {said}")
    if for_others:
        parts.append(f"{for_others} for others")
    return "; ".join(parts)


def print_left_out(absences: Iterable[Absence]) -> None:
    """Print what is left out, but what concerns others only."""
    rows = [
        (each.name, each.version, why(each), _by(each))
        for each in absences
        if each.kind != "elsewhere"
    ]
    if rows:
        click.echo("")
        print_table(rows, heading=("LEFT OUT", "VERSION", "WHY", "REQUIRED BY"))


def why(absence: Absence) -> str:
    """The kind of reason and, where markers are it, those."""
    asked = dict.fromkeys(_asked(each) for each in absence.edges)
    return ": ".join([absence.kind, *filter(None, ["; ".join(filter(None, asked))])])


def _asked(skipped: Skipped) -> str:
    """What an edge asks of the target or of the selection, if it says so."""
    if skipped.edge is None:
        return skipped.reason
    return skipped.reason.partition("only where ")[2].partition("; ")[0]


def _by(absence: Absence) -> str:
    edges = absence.edges
    by = [requirer_of(each.edge) if each.edge else each.required_by for each in edges]
    return ", ".join(dict.fromkeys(by))
