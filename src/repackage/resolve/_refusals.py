"""When the lock has no answer at all: Python, platform, conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.resolve._markers import atom_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from repackage.errors import Problems
    from repackage.lock import ConflictItem, Edge, Lock, LockedPackage
    from repackage.resolve._markers import Environment
    from repackage.resolve._roots import Root
    from repackage.resolve._selection import Selection
    from repackage.target import Target
    from repackage.wheel import Wheel


def check_wheel(
    wheel: Wheel, target: Target, environment: Environment, problems: Problems
) -> None:
    """Refuse a root wheel that the target cannot install."""
    bound = wheel.metadata.requires_python
    if bound is not None and not bound.contains(environment.python, prereleases=True):
        problems.add(
            f"{wheel.name} {wheel.version} requires Python {bound}, and {target.name} has"
            f" {environment.python}",
            where=wheel.filename,
            advice="choose a target with another Python",
        )
    if wheel.tags.isdisjoint(target.tags):
        tags = ", ".join(sorted(map(str, wheel.tags)))
        problems.add(
            f"the wheel is for {tags}, which {target.name} cannot install",
            where=wheel.filename,
            advice="build a wheel for this target, or choose another target",
        )


def check_python(
    lock: Lock, target: Target, environment: Environment, problems: Problems
) -> None:
    """Refuse a Python outside the lock's range; all its clauses count, not only bounds."""
    if not lock.requires_python.contains(environment.python, prereleases=True):
        problems.add(
            f"the lock requires Python {lock.requires_python}, and {target.name} has"
            f" {environment.python}",
            where=str(lock.path),
            advice="choose a target with another Python, or widen requires-python and lock",
        )


def check_group_python(
    root: Root, lock: Lock, environment: Environment, problems: Problems
) -> None:
    """Refuse a Python outside the range of an included group."""
    for group, bound in root.python_bounds(lock):
        if not bound.contains(environment.python, prereleases=True):
            problems.add(
                f"the group {group!r} requires Python {bound}, and the target has"
                f" {environment.python}",
                where=str(lock.path),
                advice="choose a target with another Python, or leave the group out",
            )


def check_universe(
    lock: Lock, target: Target, environment: Environment, problems: Problems
) -> None:
    """Refuse an environment that the lock was not made for.

    Where ``resolution-markers`` do not cover it, uv installs the roots and nothing else,
    without a word.
    """
    if not environment.among(lock.supported_markers):
        listed = "; ".join(lock.supported_markers)
        table = "in [tool.uv]" if lock.kind == "uv" else f"where {lock.created_by} is told them"
        problems.add(
            f"the lock supports only other environments than {target.name}: {listed}",
            where=str(lock.path),
            advice=f"add the target to 'environments' {table}, and lock",
        )
    elif lock.resolution_markers and not any(
        map(environment.holds_for_some, lock.resolution_markers)
    ):
        problems.add(
            f"no fork of the lock covers {target.name}: {'; '.join(lock.resolution_markers)}",
            where=str(lock.path),
            advice="run 'uv lock' without 'environments' that leave the target out",
        )


def check_requested_conflicts(
    root: Root, lock: Lock, selection: Selection, problems: Problems
) -> None:
    """Refuse a selection of two items that the lock declares as conflicting.

    Extras and groups are matched by name over all participating members, as uv does.
    """
    members = _participating(root, lock)
    groups = frozenset(root.groups) | frozenset(root.inherited)

    def requested(item: ConflictItem) -> bool:
        if item.package not in members:
            return False
        if item.extra is not None:
            return selection.wants_extra(item.extra)
        if item.group is not None:
            return item.group in groups
        return root.production

    for items in lock.conflicts:
        chosen = [item for item in items if requested(item)]
        if len(chosen) > 1:
            _note_conflict(chosen, lock, problems, advice="choose one of them")


def check_activated_conflicts(lock: Lock, active: frozenset[str], problems: Problems) -> None:
    """Refuse a graph in which two conflicting extras were activated."""
    for items in lock.conflicts:
        on = [item for item in items if item.extra is not None and atom_of(item) in active]
        if len(on) > 1:
            _note_conflict(on, lock, problems, advice="dependencies ask for both")


def _note_conflict(
    items: Iterable[ConflictItem], lock: Lock, problems: Problems, *, advice: str
) -> None:
    named = " and ".join(map(_described, items))
    problems.add(
        f"{named} cannot be chosen together: the lock declares them as conflicting",
        where=str(lock.path),
        advice=advice,
    )


def _described(item: ConflictItem) -> str:
    if item.extra is not None:
        return f"extra {item.extra!r} of {item.package}"
    if item.group is not None:
        return f"group {item.group!r} of {item.package}"
    return f"the project {item.package}"


def _participating(root: Root, lock: Lock) -> frozenset[NormalizedName]:
    """The selected project, and the members that can be reached from it through members."""
    found = {root.package.name}
    queue = [root.package, *([root.inherited_from] if root.inherited_from else [])]
    while queue:
        for edge in _requested_edges(queue.pop(), root):
            name = edge.target.name
            if name in lock.members and name not in found:
                found.add(name)
                queue.append(lock.by_id[edge.target])
    return frozenset(found)


def _requested_edges(package: LockedPackage, root: Root) -> Iterable[Edge]:
    if root.production:
        yield from package.dependencies
    for extra in root.extras:
        yield from package.optional_dependencies.get(extra, ())
    for group in (*root.groups, *root.inherited):
        yield from package.dev_dependencies.get(group, ())
