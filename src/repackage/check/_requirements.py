"""What distributions that are there require, after what the lock changes in it.

A lock contradicts metadata on purpose: its overrides, excludes and static metadata stand in
for what a package says of itself, and its constraints come on top. What ``pip check`` asks
is another question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.lock import Declaration, Lock, Override, Scope, StaticMetadata
    from repackage.metadata import Metadata
    from repackage.resolve import Environment

_SOURCE: Final = "a source"


@dataclass(frozen=True, kw_only=True, slots=True)
class Demand:
    """A requirement that holds on the target, and what the lock makes of it."""

    name: NormalizedName
    requirement: Requirement
    """As the metadata say it."""
    specifiers: tuple[SpecifierSet, ...]
    """What must admit a version after all; none: any will do."""
    changed: str = ""
    """What of the lock decided instead of the metadata; empty: nothing."""

    @property
    def sourced(self) -> bool:
        """Whether the lock changes nothing but where the distribution comes from."""
        return self.changed == _SOURCE

    def admits(self, version: Version) -> bool:
        """Whether a version will do, as far as the lock is concerned."""
        return all(each.contains(version, prereleases=True) for each in self.specifiers)

    def wanted(self, version: Version) -> bool:
        """Whether a version will do, as far as the metadata are concerned."""
        return self.requirement.specifier.contains(version, prereleases=True)

    def __str__(self) -> str:
        return f"{self.name}{','.join(filter(None, map(str, self.specifiers)))}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirements:
    """Reads requirements as the lock's resolution did."""

    lock: Lock
    environment: Environment

    def of(
        self, metadata: Metadata, extras: Collection[NormalizedName] = ()
    ) -> Iterator[Demand]:
        """Tell what holds on the target with these extras, and those that they include."""
        static = self._static(metadata)
        wide = self._widened(metadata, extras)
        told = set()
        for requirement in self._holding(metadata.requires_dist, wide):
            name = canonicalize_name(requirement.name)
            told.add(name)
            if name != metadata.name:
                yield self._demand(metadata, requirement, wide, static)
        if static is not None:
            for requirement in self._holding(static.requires_dist, wide):
                if canonicalize_name(requirement.name) not in told:
                    yield self._demand(metadata, requirement, wide, static)

    def _demand(
        self,
        metadata: Metadata,
        requirement: Requirement,
        extras: Collection[NormalizedName],
        static: StaticMetadata | None,
    ) -> Demand:
        name = canonicalize_name(requirement.name)
        specifiers: tuple[SpecifierSet, ...] = (requirement.specifier,)
        changed = ""
        if static is not None:
            changed = "static metadata"
            specifiers = tuple(
                other.specifier
                for other in self._holding(static.requires_dist, extras)
                if canonicalize_name(other.name) == name
            )
        elif self._sourced(metadata, name):
            specifiers, changed = (), _SOURCE
        overrides = self._overrides(metadata, name)
        if overrides is not None:
            specifiers, changed = overrides, "an override"
        if self._excluded(metadata, name):
            specifiers, changed = (), "an exclude"
        else:
            specifiers = (*specifiers, *self._constraints(name))
        return Demand(
            name=name, requirement=requirement, specifiers=specifiers, changed=changed
        )

    def _holding(
        self, requirements: Iterable[Requirement], extras: Collection[NormalizedName]
    ) -> Iterator[Requirement]:
        for requirement in requirements:
            if any(
                self.environment.with_extra(requirement.marker, each) for each in ("", *extras)
            ):
                yield requirement

    def _widened(
        self, metadata: Metadata, extras: Collection[NormalizedName]
    ) -> tuple[NormalizedName, ...]:
        """The extras, and those that they include through the package itself."""
        found = list(extras)
        for extra in found:
            for requirement in metadata.requires_dist:
                if canonicalize_name(requirement.name) == metadata.name and (
                    self.environment.with_extra(requirement.marker, extra)
                ):
                    included = map(canonicalize_name, sorted(requirement.extras))
                    found.extend(name for name in included if name not in found)
        return tuple(found)

    def _static(self, metadata: Metadata) -> StaticMetadata | None:
        """The static metadata of a version, or else of any."""
        named = [
            static
            for static in self.lock.manifest.static_metadata
            if static.name == metadata.name and static.version in (None, metadata.version)
        ]
        return min(named, key=lambda static: static.version is None, default=None)

    def _sourced(self, metadata: Metadata, name: NormalizedName) -> bool:
        """Whether a project of the lock takes a package from elsewhere than an index."""
        return any(
            declaration.name == name and declaration.source is not None
            for package in self.lock.by_name.get(metadata.name, ())
            if package.declarations is not None
            for declaration in package.declarations.requires_dist
        )

    def _overrides(
        self, metadata: Metadata, name: NormalizedName
    ) -> tuple[SpecifierSet, ...] | None:
        """Take the overrides of the narrowest scope, as uv does; None: there are none."""
        ranked: dict[int, list[Declaration]] = {}
        for override in self.lock.manifest.overrides:
            rank = _rank(override, metadata)
            for declared in override.dependencies:
                if rank is not None and declared.name == name:
                    ranked.setdefault(rank, []).append(declared)
        if not ranked:
            return None
        return tuple(self._specifiers(ranked[max(ranked)]))

    def _constraints(self, name: NormalizedName) -> Iterator[SpecifierSet]:
        constraints = self.lock.manifest.constraints
        return self._specifiers(each for each in constraints if each.name == name)

    def _specifiers(self, declared: Iterable[Declaration]) -> Iterator[SpecifierSet]:
        for each in declared:
            if each.specifier is not None and self.environment.holds(each.marker):
                yield each.specifier

    def _excluded(self, metadata: Metadata, name: NormalizedName) -> bool:
        return any(
            name in exclude.dependencies and _covers(exclude.scope, metadata)
            for exclude in self.lock.manifest.excludes
        )


def _covers(scope: Scope | None, metadata: Metadata) -> bool:
    return scope is None or (
        scope.name == metadata.name and scope.version in (None, metadata.version)
    )


def _rank(override: Override, metadata: Metadata) -> int | None:
    """How narrow the scope of an override is; None: it does not cover the package."""
    if not _covers(override.scope, metadata):
        return None
    if override.scope is None:
        return 0
    return 1 if override.scope.version is None else 2
