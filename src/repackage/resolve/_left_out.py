"""What of the lock is not installed, and every edge that leads to it: for people to ask why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.version import Version

from repackage.closure import Requirer, Skipped
from repackage.lock import SourceTree
from repackage.resolve._markers import atoms, described
from repackage.resolve._walk import edges_of, nodes_of, requirer_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from packaging.utils import NormalizedName

    from repackage.closure import LeftOut
    from repackage.lock import Edge, Lock, LockedPackage, PackageId
    from repackage.resolve._markers import Environment
    from repackage.resolve._roots import Root
    from repackage.resolve._walk import Arc, Graph, Node

#: Sorts before every version.
_NO_VERSION = Version("0.dev0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Remainder:
    """Compares what was reached with the whole lock. Decides nothing: it only explains."""

    lock: Lock
    environment: Environment
    graph: Graph
    name: NormalizedName
    """Of the root wheel."""
    root: Root | None
    """None: the wheel is not in the lock."""
    begun: tuple[Arc, ...] = ()
    """Edges that were refused where the walk began."""
    taken: dict[NormalizedName, PackageId] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.taken.update({identity.name: identity for identity in self.graph.requirers})

    def skipped(self) -> tuple[Skipped, ...]:
        """List every edge that leads to what is left out, sorted by what it leads to."""
        found = list(self._barred())
        queue = [
            node
            for target, skipped in found
            for node in nodes_of(target, skipped.edge.extras if skipped.edge else ())
        ]
        found += self._consequences(list(dict.fromkeys(queue)))
        known = {target for target, _ in found}
        found += self._elsewhere(known)
        return tuple(sorted((skipped for _, skipped in found), key=_order))

    def _barred(self) -> Iterator[tuple[PackageId, Skipped]]:
        """Edges of what was reached that were not followed."""
        for target, edge in self.graph.unfollowed:
            yield from self._by_marker(target, edge)
        for arc in self.begun:
            yield from self._by_marker(arc.target, arc.requirer)
        for package in self._reached():
            yield from self._of_closed_lists(package)
        yield from self._of_groups()
        yield from self._virtual()

    def _reached(self) -> list[LockedPackage]:
        """The packages whose edges were looked at."""
        identities = dict.fromkeys(self.graph.requirers)
        if self.root is not None:
            identities[self.root.package.id] = None
        return [self.lock.by_id[identity] for identity in identities]

    def _by_marker(
        self, target: PackageId, edge: Requirer
    ) -> Iterator[tuple[PackageId, Skipped]]:
        """An edge whose marker is false: for the target, or for what was asked for."""
        if edge.extra is not None and self.root is None and edge.name == self.name:
            extra = f"the extra {edge.extra!r} is not selected"
            yield from self._skip(target, edge, "extra", extra, bars=1)
        elif self.environment.holds_for_some(edge.marker):
            asks = atoms(edge.marker)
            of_extra = any(atom.startswith("extra-") for atom in asks)
            kind: LeftOut = "extra" if of_extra else "group"
            only = f"only where {described(edge.marker)}"
            yield from self._skip(target, edge, kind, only, bars=1)
        else:
            yield from self._skip(target, edge, "marker", "", bars=0)

    def _of_closed_lists(self, package: LockedPackage) -> Iterator[tuple[PackageId, Skipped]]:
        """The lists of a package that nobody asks for: of extras, or all but the groups'."""
        for extra in (None, *package.optional_dependencies):
            if (package.id, extra) in self.graph.opened:
                continue
            kind: LeftOut = "group" if extra is None else "extra"
            reason = f"nobody asks for {package.name}[{extra}]"
            if package.name == self.name and extra is not None:
                reason = f"the extra {extra!r} is not selected"
            elif extra is None:
                reason = f"nothing but groups of {package.name} is selected"
            for edge in edges_of(package, extra):
                requirer = requirer_of(package.id, edge, extra=extra)
                yield from self._skip(edge.target, requirer, kind, reason, bars=1)

    def _of_groups(self) -> Iterator[tuple[PackageId, Skipped]]:
        """The groups that could be selected and are not."""
        if self.root is None:
            return
        project, around = self.root.package, self.root.around
        chosen = {*self.root.groups, *self.root.inherited}
        if around is None:
            yield from self._of_manifest(project, chosen)
        own = project.dev_dependencies
        further = () if around is None or around is project else (around,)
        for package in (project, *further):
            for group, edges in package.dev_dependencies.items():
                if group in chosen or (package is not project and group in own):
                    continue
                for edge in edges:
                    requirer = requirer_of(package.id, edge, group=group)
                    reason = f"the group {group!r} is not selected"
                    yield from self._skip(edge.target, requirer, "group", reason, bars=1)

    def _of_manifest(
        self, project: LockedPackage, chosen: Collection[NormalizedName]
    ) -> Iterator[tuple[PackageId, Skipped]]:
        """The groups of a workspace root that is no project."""
        for group, requirements in self.lock.manifest.dependency_groups.items():
            if group in chosen or group in project.dev_dependencies:
                continue
            reason = f"the group {group!r} is not selected"
            for requirement in requirements:
                for package in self.lock.by_name.get(requirement.name, ()):
                    edge = Requirer(
                        name=project.name,
                        version=project.id.version,
                        group=group,
                        marker=self.environment.towards(
                            package.resolution_markers, requirement.marker
                        ),
                        extras=requirement.extras,
                    )
                    yield from self._skip(package.id, edge, "group", reason, bars=1)

    def _virtual(self) -> Iterator[tuple[PackageId, Skipped]]:
        """Source trees that were walked, and are no packages."""
        for target, edges in self.graph.requirers.items():
            if target.name == self.name or not is_virtual(self.lock.by_id[target]):
                continue
            for edge in edges:
                skipped = Skipped(
                    name=target.name,
                    version=target.version,
                    required_by=edge.name,
                    reason="a virtual source tree: what it requires is installed, it is not",
                    kind="virtual",
                    edge=edge,
                )
                yield target, skipped

    def _consequences(self, queue: list[Node]) -> Iterator[tuple[PackageId, Skipped]]:
        """What only that would require which is itself left out."""
        seen = set(queue)
        for node in queue:
            identity, extra = node
            if identity in self.graph.requirers:
                continue
            reason = f"{_named(identity)} is left out"
            for edge in edges_of(self.lock.by_id[identity], extra):
                requirer = requirer_of(identity, edge, extra=extra)
                yield from self._skip(edge.target, requirer, "parent", reason, bars=0)
                new = [node for node in nodes_of(edge.target, edge.extras) if node not in seen]
                seen.update(new)
                queue.extend(new)

    def _elsewhere(self, known: Collection[PackageId]) -> Iterator[tuple[PackageId, Skipped]]:
        """What no selection of the wheel could bring in."""
        reached = {package.id for package in self._reached()}
        for package in self.lock.packages:
            reason = f"{self.name} does not need {_named(package.id)}"
            for requirer, edge in _edges(package):
                if edge.target not in known and edge.target not in reached:
                    yield from self._skip(edge.target, requirer, "elsewhere", reason, bars=1)

    def _skip(
        self, target: PackageId, edge: Requirer, kind: LeftOut, reason: str, *, bars: int
    ) -> Iterator[tuple[PackageId, Skipped]]:
        """Note an edge, unless it leads to what is installed all the same.

        A marker that is false bars the edge, whatever else does.
        """
        if target in self.graph.requirers or target.name == self.name:
            return
        reasons = [reason] if reason else []
        if kind != "elsewhere" and not self.environment.holds_for_some(edge.marker):
            reasons.append(f"only where {described(edge.marker)}")
            kind, bars = "marker", bars + 1
        taken = self.taken.get(target.name)
        if taken is not None and kind != "elsewhere":
            same = taken.version == target.version
            other = "another" if same else f"version {taken.version}"
            reasons.append(f"{other} is taken here")
            kind, bars = "fork", max(bars, 1)
        skipped = Skipped(
            name=target.name,
            version=target.version,
            required_by=edge.name,
            reason="; ".join(reasons),
            kind=kind,
            edge=edge,
            bars=bars,
        )
        yield target, skipped


def is_virtual(package: LockedPackage) -> bool:
    """Whether a source tree is no package: it is walked, never installed."""
    source = package.id.source
    return isinstance(source, SourceTree) and source.kind == "virtual"


def _edges(package: LockedPackage) -> Iterator[tuple[Requirer, Edge]]:
    """Every edge of a package."""
    for extra in (None, *package.optional_dependencies):
        for edge in edges_of(package, extra):
            yield requirer_of(package.id, edge, extra=extra), edge
    for group, edges in package.dev_dependencies.items():
        for edge in edges:
            yield requirer_of(package.id, edge, group=group), edge


def _named(identity: PackageId) -> str:
    return f"{identity.name} {identity.version}" if identity.version else str(identity.name)


def _order(skipped: Skipped) -> tuple[object, ...]:
    """Sort by what is left out, of several versions by the version, then by who requires it."""
    version, edge = skipped.version or _NO_VERSION, skipped.edge
    by = (edge.extra or "", edge.group or "", edge.marker, edge.extras) if edge else ()
    return (skipped.name, version, skipped.required_by, skipped.reason, *by)
