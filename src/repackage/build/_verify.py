"""Reading an artifact back: is everything in it that was staged, and as it was staged?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from repackage.errors import FormatError, Problems
from repackage.format import ReadsWheels
from repackage.store import KeptWheels
from repackage.tree import Directory, File, Symlink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from repackage.build._model import Output
    from repackage.format import Plan
    from repackage.store import Store
    from repackage.tree import Entry, Tree

#: More than this many differences say no more than the first ones.
SHOWN = 10


def verify(
    output: Output, made: Path, builds: Sequence[tuple[Plan[Any], Tree]], *, store: Store
) -> None:
    """Read an artifact back with its format's ``read``, and compare it with each tree."""
    wrong: list[str] = []
    for plan, tree in builds:
        if isinstance(output.format, ReadsWheels):
            kept = KeptWheels(store=store, at_hand=tuple(plan.wheels.values()))
            entries = output.format.read_wheels(made, kept, machine=plan.target.name)
        else:
            entries = _read(output, made, plan, several=len(builds) > 1)
        there = {entry.path: _facts(entry) for entry in entries}
        wrong += _differences(tree, there)
    problems = Problems()
    for what in wrong[:SHOWN]:
        problems.add(what, where=f"{output.name}: {output.path.name}")
    if len(wrong) > SHOWN:
        problems.add(f"and {len(wrong) - SHOWN} more entries differ", where=output.name)
    problems.raise_if_any(FormatError)


def _read(output: Output, made: Path, plan: Plan[Any], *, several: bool) -> Iterator[Entry]:
    """Read an artifact back; of one that holds several trees, that of the plan's machine."""
    read_arch = getattr(output.format, "read_arch", None)
    if several and callable(read_arch):
        entries: Iterator[Entry] = read_arch(made, plan.target.arch)
        return entries
    return output.format.read(made)


def _differences(tree: Tree, there: dict[str, tuple[object, ...]]) -> Iterable[str]:
    """Say which entries of a tree are not in an artifact as they were staged."""
    for entry in tree:
        found = there.get(entry.path)
        if found is None:
            yield f"{entry.path!r} is missing when it is read back"
        elif found != _facts(entry):
            yield f"{entry.path!r} differs when it is read back"


def _facts(entry: Entry) -> tuple[object, ...]:
    """What must survive a format: kind, mode and content."""
    match entry:
        case File(mode=mode, size=size, digests=digests):
            return "file", mode, size, digests.sha256
        case Directory():
            return ("directory",)
        case Symlink(target=target):
            return "symlink", target
