"""A lock without a graph (:pep:`751`): what applies is taken, and nothing is walked.

Markers decide, each for itself. What they cannot tell is said: nothing can be left out
because nobody needs it, and an extra that was not locked cannot be made up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from repackage.closure import Requirer, Skipped
from repackage.resolve._walk import Graph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from repackage.closure import LeftOut
    from repackage.lock import Lock, LockedPackage
    from repackage.resolve._asked import Asked
    from repackage.resolve._requirements import Constrained
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What applies: of the packages of one name, there is one."""

    packages: tuple[LockedPackage, ...]
    graph: Graph
    left_out: tuple[Skipped, ...]
    notes: tuple[str, ...]
    stale: tuple[str, ...]

    def skipped(self) -> tuple[Skipped, ...]:
        """List the packages whose markers do not hold."""
        return self.left_out

    def narrowed(self, lock: Lock) -> Lock:
        """The lock without its other packages: two may differ in nothing but their markers."""
        by_id = {package.id: package for package in self.packages}
        return replace(lock, packages=self.packages, by_id=by_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flat:
    """Takes what applies from a lock that is a list."""

    asked: Asked
    required: Constrained
    """Knows what the wheel requires."""

    @property
    def wheel(self) -> Wheel:
        """The root."""
        return self.required.wheel

    @property
    def lock(self) -> Lock:
        """The list."""
        return self.required.lock

    def take(self) -> Taken:
        """Take every package whose marker holds; see whether the wheel has what it needs."""
        packages = tuple(self._applicable())
        by_name = {package.name: package for package in packages}
        edges = _Edges(wheel=self.wheel, packages=packages, graph=Graph())
        stale = tuple(self._differences(edges.graph, by_name)) if self.asked.production else ()
        edges.add_described()
        return Taken(
            packages=packages,
            graph=edges.graph,
            left_out=tuple(self._left_out(packages)),
            notes=(*self.lock.notes, *self._notes(packages)),
            stale=stale,
        )

    def _differences(
        self, graph: Graph, by_name: Mapping[NormalizedName, LockedPackage]
    ) -> Iterator[str]:
        """Tie what the wheel requires to what is taken; yield the versions that do not fit."""
        for requirement, extra in self.required.requirements(self.asked.extras):
            package = by_name.get(canonicalize_name(requirement.name))
            if package is None:
                self._note_missing(str(requirement))
                continue
            graph.reach(package.id, self.required.requirer(requirement, extra))
            version, fits = package.id.version, requirement.specifier.contains
            if version is not None and not fits(version, prereleases=True):
                yield f"the wheel requires {str(requirement)!r}, and the lock has {version}"

    def _applicable(self) -> Iterator[LockedPackage]:
        """The packages for this target and selection; of each name, one."""
        found: dict[NormalizedName, LockedPackage] = {}
        groups = (*self.asked.groups, *self.asked.defaults)
        for package in self.lock.packages:
            if not self._holds(package, self.asked.extras, groups):
                continue
            self._check_python(package)
            first = found.setdefault(package.name, package)
            if first is package:
                yield package
            elif package.name != self.wheel.name:
                self.required.problems.add(
                    f"both {first.key} and {package.key} are {package.name} for this target",
                    where=str(self.lock.path),
                    advice="lock anew: of the entries of one name, one may apply",
                )

    def _holds(
        self,
        package: LockedPackage,
        extras: Collection[NormalizedName],
        groups: Collection[NormalizedName],
    ) -> bool:
        return self.required.environment.holds_in_list(
            package.marker, extras=extras, groups=groups
        )

    def _check_python(self, package: LockedPackage) -> None:
        bound, python = package.requires_python, self.required.environment.python
        if bound is not None and not bound.contains(python, prereleases=True):
            self.required.problems.add(
                f"{package.name} requires Python {bound}, and the target has {python}",
                where=f"{self.lock.path}: {package.key}",
                advice="choose a target with another Python",
            )

    def _note_missing(self, requirement: str) -> None:
        self.required.problems.add(
            f"the wheel requires {requirement!r}, and the lock has nothing of that name for"
            " this target and selection",
            where=str(self.lock.path),
            advice=f"lock {self.wheel.name} anew, with the extras and groups that are wanted",
        )

    def _left_out(self, taken: Sequence[LockedPackage]) -> Iterator[Skipped]:
        chosen, keys = {package.name for package in taken}, {package.key for package in taken}
        for package in sorted(self.lock.packages, key=lambda p: (p.name, str(p.id.version))):
            if package.key in keys or package.name == self.wheel.name:
                continue
            yield Skipped(
                name=package.name,
                version=package.id.version,
                required_by=self.wheel.name,
                reason=f"only where {package.marker}",
                kind="fork" if package.name in chosen else self._why_not(package),
            )

    def _why_not(self, package: LockedPackage) -> LeftOut:
        """Whether another selection would take a package, or only another target."""
        lock, asked = self.lock, self.asked
        named = (*lock.dependency_groups, *lock.default_groups)
        if self._holds(package, lock.extras, (*asked.groups, *asked.defaults)):
            return "extra"
        if self._holds(package, asked.extras, named):
            return "group"
        return "extra" if self._holds(package, lock.extras, named) else "marker"

    def _notes(self, packages: Collection[LockedPackage]) -> Iterator[str]:
        yield (
            "the lock has no graph: everything in it that applies is taken, whether"
            f" {self.wheel.name} needs it or not"
        )
        for package in packages:
            if package.name == self.wheel.name and package.id.version not in {
                None,
                self.wheel.version,
            }:
                yield (
                    f"the wheel has version {self.wheel.version}, and the lock was made when"
                    f" {self.wheel.name} had {package.id.version}"
                )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Edges:
    """Who required what, as far as the lock cares to tell."""

    wheel: Wheel
    packages: tuple[LockedPackage, ...]
    graph: Graph

    def add_described(self) -> None:
        """Follow what the lock tells of dependencies; the rest is put down to the wheel."""
        taken = {package.id for package in self.packages}
        for package in self.packages:
            if package.name != self.wheel.name:
                for edge in package.dependencies:
                    if edge.target in taken:
                        self.graph.reach(edge.target, _requirer(package))
        for package in self.packages:
            if package.id not in self.graph.requirers:
                self.graph.reach(
                    package.id,
                    Requirer(
                        name=self.wheel.name, version=self.wheel.version, marker=package.marker
                    ),
                )


def _requirer(package: LockedPackage) -> Requirer:
    return Requirer(name=package.name, version=package.id.version)
