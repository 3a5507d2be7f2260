"""A wheel that is not in the lock: the lock is then a set of constraints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from repackage.closure import Requirer
from repackage.errors import did_you_mean
from repackage.resolve._markers import atom_of, atoms, extra_atom
from repackage.resolve._walk import Arc, Start, edges_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from packaging.requirements import Requirement
    from packaging.utils import NormalizedName

    from repackage.errors import Problems
    from repackage.lock import Lock, LockedPackage
    from repackage.resolve._markers import Environment
    from repackage.resolve._walk import Graph
    from repackage.wheel import Wheel


@dataclass(frozen=True, kw_only=True, slots=True)
class Constrained:
    """Finds what a wheel requires among the packages of a lock that never saw it."""

    wheel: Wheel
    lock: Lock
    environment: Environment
    problems: Problems

    def start(self, extras: Collection[NormalizedName]) -> Start:
        """Begin at the wheel's own requirements, each of which must have one answer."""
        arcs: list[Arc] = []
        held = tuple(self.requirements(extras))
        for requirement, extra in held:
            arcs += self._arcs(requirement, extra)
        active = {
            extra_atom(arc.target.name, extra) for arc in arcs for extra in arc.requirer.extras
        }
        return Start(
            nodes=(),
            arcs=tuple(arcs),
            active=frozenset(active),
            refused=tuple(self._refused([requirement for requirement, _ in held])),
        )

    def requirements(
        self, extras: Collection[NormalizedName]
    ) -> Iterator[tuple[Requirement, NormalizedName | None]]:
        """What the wheel requires of others on this target, and for which of its extras."""
        contexts = (None, *self._widened(extras))
        for requirement in self.wheel.metadata.requires_dist:
            if canonicalize_name(requirement.name) == self.wheel.name:
                continue
            for extra in contexts:
                if self.environment.with_extra(requirement.marker, extra or ""):
                    yield requirement, extra
                    break

    def requirer(self, requirement: Requirement, extra: NormalizedName | None) -> Requirer:
        """Describe a requirement of the wheel as the edge that it is."""
        return Requirer(
            name=self.wheel.name,
            version=self.wheel.version,
            extra=extra,
            marker=str(requirement.marker or ""),
            extras=tuple(sorted(map(canonicalize_name, requirement.extras))),
        )

    def check_subgraph(self, graph: Graph) -> None:
        """Refuse edges that depend on conflict items of projects that are not installed."""
        installed = {identity.name for identity in graph.requirers}
        foreign = {
            atom_of(item)
            for items in self.lock.conflicts
            for item in items
            if item.package not in installed
        }
        for identity, extras in graph.extras.items():
            for extra in (None, *sorted(extras)):
                for edge in edges_of(self.lock.by_id[identity], extra):
                    on = atoms(edge.marker) & foreign
                    holds = self.environment.holds
                    if on and holds(edge.marker) != holds(edge.marker, on):
                        self._note_foreign(identity.name, edge.target.name, on)

    def _widened(self, extras: Collection[NormalizedName]) -> tuple[NormalizedName, ...]:
        """The extras asked for, and those that they include through the wheel itself."""
        found = list(extras)
        for extra in found:
            for requirement in self.wheel.metadata.requires_dist:
                if canonicalize_name(requirement.name) == self.wheel.name and (
                    self.environment.with_extra(requirement.marker, extra)
                ):
                    included = map(canonicalize_name, sorted(requirement.extras))
                    found.extend(name for name in included if name not in found)
        return tuple(found)

    def _arcs(self, requirement: Requirement, extra: NormalizedName | None) -> Iterator[Arc]:
        package = self._package(requirement)
        if package is None:
            return
        requirer = self.requirer(requirement, extra)
        for name in requirer.extras:
            if name not in package.optional_dependencies:
                self.problems.add(
                    f"{str(requirement)!r} asks for an extra that the lock does not have",
                    where=str(self.lock.path),
                    advice=did_you_mean(name, package.optional_dependencies),
                )
        yield Arc(requirer=requirer, target=package.id)

    def _refused(self, held: Collection[Requirement]) -> Iterator[Arc]:
        """What the other requirements would bring in, if their markers were true."""
        provided = self.wheel.metadata.provides_extra
        holds = self.environment.with_extra
        for requirement in self.wheel.metadata.requires_dist:
            if any(requirement is one for one in held):
                continue
            extra = next((e for e in provided if holds(requirement.marker, e)), None)
            edge = self.requirer(requirement, extra)
            for package in self.lock.by_name.get(canonicalize_name(requirement.name), ()):
                marker = self.environment.towards(package.resolution_markers, edge.marker)
                yield Arc(requirer=replace(edge, marker=marker), target=package.id)

    def _package(self, requirement: Requirement) -> LockedPackage | None:
        locked = self.lock.by_name.get(canonicalize_name(requirement.name), ())
        fitting = [
            package
            for package in locked
            if self.environment.among(package.resolution_markers)
            and _satisfies(package, requirement)
        ]
        if len(fitting) == 1:
            return fitting[0]
        versions = ", ".join(str(package.id.version or "?") for package in locked)
        what = (
            f"{'more than one' if fitting else 'no locked'} version fits (locked: {versions})"
        )
        self.problems.add(
            f"the wheel requires {str(requirement)!r}:"
            f" {what if locked else 'the lock has nothing of that name'}",
            where=str(self.lock.path),
            advice=f"lock {self.wheel.name} together with its requirements",
        )
        return None

    def _note_foreign(self, name: str, target: str, foreign: Iterable[str]) -> None:
        self.problems.add(
            f"whether {name} needs {target} depends on {', '.join(sorted(foreign))}, of a"
            " project that is not installed",
            where=str(self.lock.path),
            advice=f"lock {self.wheel.name} together with its requirements",
        )


def _satisfies(package: LockedPackage, requirement: Requirement) -> bool:
    """A requirement by URL has no version to compare, nor has a dynamic project."""
    version = package.id.version
    return version is None or requirement.specifier.contains(version, prereleases=True)
