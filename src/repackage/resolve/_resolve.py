"""From wheel, lock and target to the closure: pure, and without a resolver."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from repackage.closure import Closure, Pin
from repackage.errors import LockError, Problems, ResolveError
from repackage.lock import RegistryPath, RegistryUrl, SourceTree
from repackage.resolve._choice import FileChoice
from repackage.resolve._files import Chooser
from repackage.resolve._markers import Environment
from repackage.resolve._refusals import (
    check_activated_conflicts,
    check_group_python,
    check_python,
    check_requested_conflicts,
    check_universe,
    check_wheel,
)
from repackage.resolve._requirements import Constrained
from repackage.resolve._roots import select_root, start_at
from repackage.resolve._selection import Selection
from repackage.resolve._stale import differences
from repackage.resolve._walk import activate, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.closure import Requirer, Skipped
    from repackage.lock import Lock, LockedPackage, PackageId
    from repackage.resolve._walk import Graph
    from repackage.target import Target
    from repackage.wheel import Wheel

_NOTHING_BEYOND = Selection()
_AS_LOCKED = FileChoice()


def resolve(  # noqa: PLR0913 - what a closure depends on
    wheel: Wheel,
    lock: Lock,
    target: Target,
    selection: Selection = _NOTHING_BEYOND,
    *,
    files: FileChoice = _AS_LOCKED,
    supplied: Collection[tuple[NormalizedName, Version]] = (),
) -> Closure:
    """Walk the lock from the wheel's project; every refusal is reported at once.

    ``supplied`` are the distributions of which a wheel is at hand: an index may then
    have none that fits. ``files`` says what must be built, and what must not be.
    """
    request = _Request(wheel=wheel, lock=lock, target=target, selection=selection, files=files)
    request.refuse_target()
    reached = request.reach()
    return Closure(
        root=wheel,
        lock_sha256=lock.sha256,
        extras=reached.extras,
        groups=reached.groups,
        pins=request.pins(reached.graph, supplied),
        skipped=_skipped(reached.graph, root=wheel.name),
        notes=(*reached.notes, *files.doubts(lock.by_name)),
        stale=reached.stale,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reached:
    graph: Graph
    extras: tuple[NormalizedName, ...]
    groups: tuple[NormalizedName, ...] = ()
    notes: tuple[str, ...]
    stale: tuple[str, ...] = ()


@dataclass(kw_only=True)
class _Request:
    wheel: Wheel
    lock: Lock
    target: Target
    selection: Selection
    files: FileChoice
    problems: Problems = field(default_factory=Problems)

    @cached_property
    def environment(self) -> Environment:
        return Environment(self.target.markers)

    def refuse_target(self) -> None:
        """Refuse a target that the wheel or the lock was not made for."""
        check_wheel(self.wheel, self.target, self.environment, self.problems)
        check_python(self.lock, self.target, self.environment, self.problems)
        check_universe(self.lock, self.target, self.environment, self.problems)
        self.problems.raise_if_any(ResolveError)

    def reach(self) -> _Reached:
        """Walk from the project, or from the wheel's own requirements where it is absent."""
        project = find_project(self.wheel, self.lock, self.environment)
        if project is None:
            return self._reach_as_constraints()
        return self._reach_as_project(project)

    def pins(
        self, graph: Graph, supplied: Collection[tuple[NormalizedName, Version]]
    ) -> tuple[Pin, ...]:
        """Choose a file for everything that was reached, but the root and virtual trees."""
        chooser = Chooser(
            target=self.target,
            lock=self.lock,
            problems=self.problems,
            files=self.files,
            supplied=supplied,
        )
        found: dict[NormalizedName, Pin] = {}
        for identity in sorted(graph.requirers, key=_order):
            package, requirers = self.lock.by_id[identity], graph.requirers[identity]
            if package.name == self.wheel.name or _is_virtual(package):
                continue
            if package.name in found:
                self._note_two_versions(found[package.name], package, requirers)
                continue
            artifact = chooser.choose(package, requirers)
            if artifact is not None:
                found[package.name] = Pin(
                    name=package.name,
                    version=identity.version,
                    source=identity.source,
                    artifact=artifact,
                    extras=tuple(sorted(graph.extras[identity])),
                    required_by=tuple(dict.fromkeys(requirers)),
                )
        self.problems.raise_if_any(ResolveError)
        return tuple(found.values())

    def _reach_as_project(self, package: LockedPackage) -> _Reached:
        provided = self.wheel.metadata.provides_extra
        root = select_root(
            package, self.lock, self.selection, provided=provided, problems=self.problems
        )
        check_requested_conflicts(root, self.lock, self.selection, self.problems)
        check_group_python(root, self.lock, self.environment, self.problems)
        self.problems.raise_if_any(ResolveError)
        start = start_at(root, self.lock, self.environment, self.problems)
        if self.lock.conflicts:
            active = activate(self.lock, self.environment, start)
            check_activated_conflicts(self.lock, active, self.problems)
            start = replace(start, active=active)
        self.problems.raise_if_any(ResolveError)
        return _Reached(
            graph=walk(self.lock, self.environment, start),
            extras=root.extras,
            groups=(*root.groups, *root.inherited),
            notes=tuple(_version_notes(self.wheel, package)),
            stale=tuple(differences(self.wheel, package, self.lock, selected=root.extras)),
        )

    def _reach_as_constraints(self) -> _Reached:
        name, known = self.wheel.name, self.wheel.metadata.provides_extra
        self.selection.check_extras(known, of=name, problems=self.problems)
        self.selection.check_groups((), of=f"the lock: {name}", problems=self.problems)
        extras = self.selection.extras_among(known)
        constrained = Constrained(
            wheel=self.wheel,
            lock=self.lock,
            environment=self.environment,
            problems=self.problems,
        )
        start = constrained.start(extras)
        self.problems.raise_if_any(ResolveError)
        graph = walk(self.lock, self.environment, start)
        constrained.check_subgraph(graph)
        return _Reached(graph=graph, extras=extras, notes=tuple(_absent_notes(self)))

    def _note_two_versions(
        self, first: Pin, second: LockedPackage, requirers: Sequence[Requirer]
    ) -> None:
        by = ", ".join(str(requirer.name) for requirer in (*first.required_by, *requirers))
        self.problems.add(
            f"both {first.version} and {second.id.version} of {first.name} are reached,"
            f" through {by}",
            where=str(self.lock.path),
            advice="run 'uv lock' to write the lock anew",
        )


def find_project(wheel: Wheel, lock: Lock, environment: Environment) -> LockedPackage | None:
    """The package of the lock that the wheel was built from, if it is there.

    A package from anywhere but an index is the project itself. One from an index stands
    for it in a consumer's lock, where the version is the same.
    """
    named = lock.by_name.get(wheel.name, ())
    local = [p for p in named if not isinstance(p.id.source, RegistryUrl | RegistryPath)]
    indexed = [
        package
        for package in named
        if package.id.version == wheel.version and environment.among(package.resolution_markers)
    ]
    found = local or indexed
    if len(found) > 1:
        raise LockError.of(
            f"{wheel.name!r} is there {len(found)} times, and any of them may be the project",
            where=str(lock.path),
            advice="name the lock of the project itself with --lock",
        )
    return found[0] if found else None


def _version_notes(wheel: Wheel, package: LockedPackage) -> Iterator[str]:
    """A project may be released without being locked anew: its own version is a remark."""
    if isinstance(package.id.source, RegistryUrl | RegistryPath):
        yield f"the lock takes {wheel.name} from an index: it belongs to a project that uses it"
    if package.id.version not in {None, wheel.version}:
        yield (
            f"the wheel has version {wheel.version}, and the lock was made when"
            f" {wheel.name} had {package.id.version}"
        )


def _absent_notes(request: _Request) -> Iterator[str]:
    name = request.wheel.name
    locked = ", ".join(str(p.id.version) for p in request.lock.by_name.get(name, ()))
    what = f"the lock has {name} only as {locked}" if locked else f"the lock has no {name}"
    yield f"{what}: it constrains what the wheel's metadata require"


def _skipped(graph: Graph, *, root: NormalizedName) -> tuple[Skipped, ...]:
    """What no edge brought in, each with the edges that would have."""
    left_out = {
        skipped
        for identity, skipped in graph.skipped
        if identity not in graph.requirers and skipped.name != root
    }
    return tuple(
        sorted(left_out, key=lambda s: (s.name, str(s.version), s.required_by, s.reason))
    )


def _order(identity: PackageId) -> tuple[str, str]:
    return identity.name, str(identity.version)


def _is_virtual(package: LockedPackage) -> bool:
    """Whether a source tree is no package: it is walked, never installed."""
    source = package.id.source
    return isinstance(source, SourceTree) and source.kind == "virtual"
