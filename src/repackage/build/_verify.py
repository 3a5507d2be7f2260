"""Reading an artifact back: is everything in it that was staged, and as it was staged?"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from repackage.archive import distrust, trust
from repackage.errors import FormatError, Problems, RepackageError, StoreError
from repackage.format import ReadsLogged, ReadsWheels
from repackage.store import KeptWheels
from repackage.tree import Directory, File, Symlink, Zipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from repackage.build._model import Output
    from repackage.format import Logbook, Plan
    from repackage.store import Store
    from repackage.tree import Entry, Mapped, Tree

#: More than this many differences say no more than the first ones.
SHOWN = 10


def verify(
    output: Output, made: Path, builds: Sequence[tuple[Plan[Any], Tree]], *, store: Store
) -> None:
    """Read an artifact back with its format's ``read``, and compare it with each tree.

    What was copied into one that is wrong is copied no more.
    """
    try:
        _verify(output, made, builds, store=store)
    except RepackageError:
        with suppress(StoreError):  # it is the other error that says what is wrong
            for logbook in _logbooks(builds):
                distrust(logbook, store.pieces)
        raise


def believe(builds: Sequence[tuple[Plan[Any], Tree]], *, store: Store) -> None:
    """Let later builds copy what is in an artifact that was found right in all respects."""
    for logbook in _logbooks(builds):
        trust(logbook, store.pieces)


def _logbooks(builds: Sequence[tuple[Plan[Any], Tree]]) -> list[Logbook]:
    return [plan.logbook for plan, _ in builds if plan.logbook is not None]


def _verify(
    output: Output, made: Path, builds: Sequence[tuple[Plan[Any], Tree]], *, store: Store
) -> None:
    wrong: list[str] = []
    for plan, tree in builds:
        if isinstance(output.format, ReadsWheels):
            kept = KeptWheels(store=store, at_hand=tuple(plan.wheels.values()))
            entries = output.format.read_wheels(made, kept, machine=plan.target.name)
        else:
            entries = _read(output, made, plan, several=len(builds) > 1)
        wrong += _differences(tree, entries)
    problems = Problems()
    for what in wrong[:SHOWN]:
        problems.add(what, where=f"{output.name}: {output.path.name}")
    if len(wrong) > SHOWN:
        problems.add(f"and {len(wrong) - SHOWN} more entries differ", where=output.name)
    problems.raise_if_any(FormatError)


def vouching(builds: Sequence[tuple[Plan[Any], Tree]]) -> list[Mapped]:
    """The wheels that were believed without inflating what was copied of them."""
    found = {
        id(verbatim.file.content.wheel): verbatim.file.content.wheel
        for plan, _ in builds
        if plan.logbook is not None
        for stretch in plan.logbook.stretches
        for verbatim in stretch.verbatim
        if isinstance(verbatim.file.content, Zipped)
    }
    return list(found.values())


def _read(output: Output, made: Path, plan: Plan[Any], *, several: bool) -> Iterator[Entry]:
    """Read an artifact back; of one that holds several trees, that of the plan's machine."""
    if isinstance(output.format, ReadsLogged) and plan.logbook and plan.logbook.stretches:
        return output.format.read_logged(made, plan.logbook)
    read_arch = getattr(output.format, "read_arch", None)
    if several and callable(read_arch):
        entries: Iterator[Entry] = read_arch(made, plan.target.arch)
        return entries
    return output.format.read(made)


def _differences(tree: Tree, there: Iterable[Entry]) -> Iterator[str]:
    """Say which entries of a tree are not in an artifact as they were staged.

    What is there is compared as it comes, and not kept.
    """
    staged = {entry.path: entry for entry in tree}
    as_staged: dict[str, bool] = {}
    for found in there:
        entry = staged.get(found.path)
        if entry is not None:
            as_staged[entry.path] = found is entry or _facts(found) == _facts(entry)
    for path in staged:
        if path not in as_staged:
            yield f"{path!r} is missing when it is read back"
        elif not as_staged[path]:
            yield f"{path!r} differs when it is read back"


def _facts(entry: Entry) -> tuple[object, ...]:
    """What must survive a format: kind, mode and content."""
    match entry:
        case File(mode=mode, size=size, digests=digests):
            return "file", mode, size, digests.sha256
        case Directory():
            return ("directory",)
        case Symlink(target=target):
            return "symlink", target
