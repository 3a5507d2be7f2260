"""What of a lock some selection could bring to a target, whatever this one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.lock import RegistryPath, RegistryUrl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from repackage.lock import Edge, Lock, LockedPackage, PackageId
    from repackage.resolve import Environment


def possible(lock: Lock, environment: Environment) -> frozenset[PackageId]:
    """Walk from every project, all extras and groups at once, whatever conflicts.

    What is not reached has no edge that is true on the target.
    """
    if lock.kind == "pylock":
        groups = (*lock.dependency_groups, *lock.default_groups)
        return frozenset(
            package.id
            for package in lock.packages
            if environment.holds_in_list(package.marker, extras=lock.extras, groups=groups)
        )
    queue = list(dict.fromkeys(_roots(lock, environment)))
    seen = set(queue)
    for identity in queue:
        for edge in _edges(lock.by_id[identity]):
            if edge.target not in seen and environment.holds_for_some(edge.marker):
                seen.add(edge.target)
                queue.append(edge.target)
    return frozenset(seen)


def _roots(lock: Lock, environment: Environment) -> Iterator[PackageId]:
    """Projects, and what the manifest requires; of a lock without either, everything."""
    manifest = lock.manifest
    required: set[NormalizedName] = {
        declared.name
        for declared in (
            *manifest.requirements,
            *(each for group in manifest.dependency_groups.values() for each in group),
        )
        if environment.holds_for_some(declared.marker)
    }
    projects = {*lock.members, *required}
    for package in lock.packages:
        named = package.name in projects
        local = not isinstance(package.id.source, RegistryUrl | RegistryPath)
        if named or (local and not projects) or not (projects or _local(lock)):
            yield package.id


def _local(lock: Lock) -> bool:
    return any(
        not isinstance(package.id.source, RegistryUrl | RegistryPath)
        for package in lock.packages
    )


def _edges(package: LockedPackage) -> Iterable[Edge]:
    yield from package.dependencies
    for edges in (*package.optional_dependencies.values(), *package.dev_dependencies.values()):
        yield from edges
