"""Where the walk begins when the wheel's project is in the lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.closure import Requirer
from repackage.resolve._markers import extra_atom, group_atom, project_atom
from repackage.resolve._selection import declared_groups, workspace_root
from repackage.resolve._walk import Arc, Start, own_extras, requirer_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet
    from packaging.utils import NormalizedName

    from repackage.errors import Problems
    from repackage.lock import Declaration, Lock, LockedPackage
    from repackage.resolve._markers import Environment
    from repackage.resolve._selection import Selection


@dataclass(frozen=True, kw_only=True, slots=True)
class Root:
    """The project of the wheel, and what of it is asked for."""

    package: LockedPackage
    extras: tuple[NormalizedName, ...]
    groups: tuple[NormalizedName, ...]
    production: bool
    inherited_from: LockedPackage | None
    """The workspace root, where it has groups that are asked for and the project lacks."""
    inherited: tuple[NormalizedName, ...]
    """Those groups; without a package to have them, they stand in the manifest."""
    around: LockedPackage | None
    """The workspace root, if it is a project."""

    def python_bounds(self, lock: Lock) -> Iterable[tuple[NormalizedName, SpecifierSet]]:
        """The groups that are included and bound Python further than the lock does."""
        elsewhere = (
            lock.manifest.group_requires_python
            if self.inherited_from is None
            else self.inherited_from.group_requires_python
        )
        here = self.package.group_requires_python
        yield from ((group, here[group]) for group in self.groups if group in here)
        yield from ((group, elsewhere[group]) for group in self.inherited if group in elsewhere)


def select_root(
    package: LockedPackage,
    lock: Lock,
    selection: Selection,
    *,
    provided: Iterable[NormalizedName],
    problems: Problems,
) -> Root:
    """Apply a selection to the wheel's project; ``provided`` are the wheel's own extras."""
    declared = package.declarations.provides_extras if package.declarations else None
    extras = {*package.optional_dependencies, *(declared or ()), *provided}
    selection.check_extras(extras, of=package.name, problems=problems)
    above = workspace_root(lock)
    own = declared_groups(package)
    around = declared_groups(above) if above else frozenset(lock.manifest.dependency_groups)
    selection.check_groups(own | around, of=package.name, problems=problems)
    inherited = selection.groups_among(around - own, defaults=())
    return Root(
        package=package,
        extras=selection.extras_among(extras),
        groups=selection.groups_among(own, defaults=selection.defaults_of(package)),
        production=selection.production,
        inherited_from=above if inherited else None,
        inherited=inherited,
        around=above,
    )


def start_at(root: Root, lock: Lock, environment: Environment, problems: Problems) -> Start:
    """Begin at the project: its dependencies, extras, groups, and the manifest's."""
    builder = _Starting(lock=lock, environment=environment, problems=problems)
    builder.add_project(root)
    builder.add_groups(root.package, root.groups)
    if root.inherited_from is not None:
        builder.add_groups(root.inherited_from, root.inherited)
    if lock.conflicts or root.inherited:
        builder.add_manifest(root)
    nodes = ((root.package.id, extra) for extra in (None, *root.extras))
    return Start(
        nodes=tuple(nodes) if root.production else (),
        arcs=tuple(builder.arcs),
        active=frozenset(builder.active),
        refused=tuple(builder.refused),
    )


@dataclass(slots=True)
class _Starting:
    lock: Lock
    environment: Environment
    problems: Problems
    arcs: list[Arc] = field(default_factory=list)
    active: set[str] = field(default_factory=set)
    refused: list[Arc] = field(default_factory=list)

    def add_project(self, root: Root) -> None:
        """Only the project itself counts as active, never a member it depends on."""
        name = root.package.name
        if root.production:
            self.active.add(project_atom(name))
        known = root.package.optional_dependencies
        self.active.update(extra_atom(name, extra) for extra in root.extras if extra in known)

    def add_groups(self, package: LockedPackage, groups: Iterable[NormalizedName]) -> None:
        """Decide the edges of groups; each that is followed may activate extras."""
        present = [group for group in groups if group in package.dev_dependencies]
        self.active.update(group_atom(package.name, group) for group in present)
        for group in present:
            for edge in package.dev_dependencies[group]:
                now = own_extras(edge)
                arc = Arc(
                    requirer=requirer_of(package.id, edge, group=group), target=edge.target
                )
                if self.environment.holds(edge.marker, self.active | now):
                    self.active |= now
                    self.arcs.append(arc)
                else:
                    self.refused.append(arc)

    def add_manifest(self, root: Root) -> None:
        """Decide the requirements that belong to no member."""
        if root.production:
            for requirement in self.lock.manifest.requirements:
                self._require(requirement, root.package)
        if root.inherited_from is None:
            for group in root.inherited:
                for requirement in self.lock.manifest.dependency_groups.get(group, ()):
                    self._require(requirement, root.package, group=group)

    def _require(
        self,
        requirement: Declaration,
        package: LockedPackage,
        *,
        group: NormalizedName | None = None,
    ) -> None:
        if not self.environment.holds(requirement.marker):
            return
        candidates = [
            candidate
            for candidate in self.lock.by_name.get(requirement.name, ())
            if self.environment.among(candidate.resolution_markers)
        ]
        if len(candidates) != 1:
            self.problems.add(
                f"the manifest requires {requirement.name!r}, and {len(candidates)} packages of"
                " that name are for this target",
                where=str(self.lock.path),
                advice="run 'uv lock' to write the lock anew",
            )
            return
        extras = tuple(
            extra
            for extra in requirement.extras
            if extra in candidates[0].optional_dependencies
        )
        if group is not None:
            self.active.update(extra_atom(requirement.name, extra) for extra in extras)
        requirer = Requirer(
            name=package.name,
            version=package.id.version,
            group=group,
            marker=requirement.marker,
            extras=extras,
        )
        self.arcs.append(Arc(requirer=requirer, target=candidates[0].id))
