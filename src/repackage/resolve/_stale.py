"""Whether the lock still fits the wheel, from METADATA alone: neither sources nor index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from repackage.lock import RegistryPath, RegistryUrl
from repackage.resolve._equivalence import equivalent, satisfiable, versions_around
from repackage.resolve._requires import flattened, of_lock, of_wheel, sourced_of
from repackage.resolve._specifiers import spelt_alike

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from repackage.lock import Declarations, Edge, Lock, LockedPackage
    from repackage.metadata import Metadata
    from repackage.resolve._equivalence import Condition
    from repackage.resolve._requires import Key


def differences(
    metadata: Metadata,
    package: LockedPackage,
    lock: Lock,
    *,
    selected: Collection[NormalizedName] = (),
) -> Iterator[str]:
    """Say what the wheel's metadata declare otherwise than the lock recorded.

    ``selected`` are the extras that are wanted: of a package from an index, a lock has
    no others than those that something in it asks for.
    """
    yield from _python_differences(metadata, lock)
    declared = package.declarations
    if declared is None:
        extras = {*metadata.provides_extra}
        if isinstance(package.id.source, RegistryUrl | RegistryPath):
            extras &= {*package.optional_dependencies, *selected}
        yield from _edge_differences(metadata, package, lock, extras=extras)
    else:
        yield from _declared_differences(metadata, declared, lock)


def _declared_differences(
    metadata: Metadata, declared: Declarations, lock: Lock
) -> Iterator[str]:
    """Compare with what the lock recorded of the project's own metadata."""
    yield from _extra_differences(metadata, declared)
    ours, theirs = spelt_alike(
        of_wheel(metadata, sourced=sourced_of(declared)), of_lock(declared)
    )
    extras = {*metadata.provides_extra, *(declared.provides_extras or ())}
    for context in ("", *sorted(extras)):
        yield from _context_differences(
            flattened(metadata.name, ours, context),
            flattened(metadata.name, theirs, context),
            context=context,
            python=lock.requires_python,
        )


def _context_differences(
    ours: Mapping[Key, Condition],
    theirs: Mapping[Key, Condition],
    *,
    context: str,
    python: SpecifierSet,
) -> Iterator[str]:
    where = f" for the extra {context!r}" if context else ""
    for key in sorted({*ours, *theirs}, key=str):
        left, right = ours.get(key, ()), theirs.get(key, ())
        if equivalent(left, right, python=python):
            continue
        if not satisfiable(right, python=python):
            yield f"the wheel requires '{key}'{where}, the lock was made without it"
        elif not satisfiable(left, python=python):
            yield f"the lock was made with '{key}'{where}, the wheel does not require it"
        else:
            yield f"the wheel requires '{key}'{where} under another marker than the lock"


def _python_differences(metadata: Metadata, lock: Lock) -> Iterator[str]:
    """The range of the lock must lie inside that of the wheel."""
    bound = metadata.requires_python
    if bound is None:
        return
    literals = [specifier.version for specifier in (*bound, *lock.requires_python)]
    outside = [
        version
        for version in versions_around(literals)
        if lock.requires_python.contains(version) and not bound.contains(version)
    ]
    if outside:
        yield (
            f"the wheel requires Python {bound}, the lock was made for"
            f" {lock.requires_python or 'any'}"
        )


def _extra_differences(metadata: Metadata, declared: Declarations) -> Iterator[str]:
    if declared.provides_extras is None:
        return
    ours, theirs = set(metadata.provides_extra), set(declared.provides_extras)
    yield from (
        f"the wheel has the extra {extra!r}, the lock was made without it"
        for extra in sorted(ours - theirs)
    )
    yield from (
        f"the lock was made with the extra {extra!r}, the wheel does not have it"
        for extra in sorted(theirs - ours)
    )


def _edge_differences(
    metadata: Metadata,
    package: LockedPackage,
    lock: Lock,
    *,
    extras: Collection[NormalizedName],
) -> Iterator[str]:
    """A lock without declarations: its edges must answer the requirements, and no more.

    Overrides and excludes can explain a difference, so it is only probably one.
    """
    ours = of_wheel(metadata)
    for context in ("", *sorted(extras)):
        edges = (
            package.optional_dependencies.get(canonicalize_name(context), ())
            if context
            else package.dependencies
        )
        flat = flattened(metadata.name, ours, context)
        reachable = [
            key
            for key, condition in flat.items()
            if satisfiable(condition, python=lock.requires_python)
        ]
        where = f" for the extra {context!r}" if context else ""
        yield from (
            f"probably: the wheel requires '{key}'{where}, no edge of the lock satisfies it"
            for key in sorted(reachable, key=str)
            if not any(_answers(edge, key) for edge in edges)
        )
        names = {key.name for key in flat}
        yield from (
            f"probably: the lock was made with '{name}'{where}, the wheel does not require it"
            for name in sorted({edge.target.name for edge in edges} - names - {metadata.name})
        )


def _answers(edge: Edge, key: Key) -> bool:
    version = edge.target.version
    return edge.target.name == key.name and (
        version is None
        or all(clause.contains(version, prereleases=True) for clause in key.clauses)
    )
