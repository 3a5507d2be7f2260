"""From wheel, lock and target to the closure: pure, and without a resolver."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from repackage.closure import Closure
from repackage.errors import Problems, ResolveError
from repackage.resolve._asked import ask
from repackage.resolve._choice import FileChoice
from repackage.resolve._flat import Flat
from repackage.resolve._left_out import Remainder
from repackage.resolve._markers import Environment
from repackage.resolve._pins import Pinning
from repackage.resolve._project import (
    absent_notes,
    find_project,
    selection_notes,
    version_notes,
)
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
    from collections.abc import Collection

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.lock import Lock, LockedPackage
    from repackage.resolve._flat import Taken
    from repackage.resolve._roots import Root
    from repackage.resolve._walk import Graph, Start
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
    request.doubt_target()
    reached = request.reach()
    machine_bound = request.environment.depends_on_machine()  # before others are asked about
    pinning = request.pinning(reached.graph)
    return Closure(
        root=wheel,
        lock_sha256=lock.sha256,
        extras=reached.extras,
        groups=reached.groups,
        pins=pinning.pins(supplied),
        skipped=reached.remainder.skipped(),
        passed=pinning.passed(),
        production=selection.production,
        notes=(*reached.notes, *selection_notes(wheel, selection), *files.doubts(lock.by_name)),
        stale=reached.stale,
        machine_bound=machine_bound,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reached:
    graph: Graph
    remainder: Remainder | Taken
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

    def doubt_target(self) -> None:
        """Note what the wheel or the lock was not made for; what is asked for comes next."""
        check_wheel(self.wheel, self.target, self.environment, self.problems)
        check_python(self.lock, self.target, self.environment, self.problems)
        check_universe(self.lock, self.target, self.environment, self.problems)

    def reach(self) -> _Reached:
        """Walk from the project, or from the wheel's own requirements where it is absent."""
        if self.lock.kind == "pylock":
            return self._reach_in_list()
        project = find_project(self.wheel, self.lock, self.environment)
        if project is None:
            return self._reach_as_constraints()
        return self._reach_as_project(project)

    def pinning(self, graph: Graph) -> Pinning:
        """Make pins of what was reached in the lock, which may be narrowed by now."""
        return Pinning(
            graph=graph,
            name=self.wheel.name,
            lock=self.lock,
            target=self.target,
            files=self.files,
            problems=self.problems,
        )

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
        graph = walk(self.lock, self.environment, start)
        return _Reached(
            graph=graph,
            remainder=self._remainder(graph, root, start),
            extras=root.extras,
            groups=(*root.groups, *root.inherited),
            notes=tuple(version_notes(self.wheel, package)),
            stale=tuple(
                differences(self.wheel.metadata, package, self.lock, selected=root.extras)
            ),
        )

    def _reach_as_constraints(self) -> _Reached:
        name, known = self.wheel.name, self.wheel.metadata.provides_extra
        self.selection.check_extras(known, of=name, problems=self.problems)
        self.selection.check_groups((), of=f"the lock: {name}", problems=self.problems)
        self.problems.raise_if_any(ResolveError)
        extras = self.selection.extras_among(known)
        constrained = self._constrained()
        start = constrained.start(extras)
        self.problems.raise_if_any(ResolveError)
        graph = walk(self.lock, self.environment, start)
        constrained.check_subgraph(graph)
        return _Reached(
            graph=graph,
            remainder=self._remainder(graph, None, start),
            extras=extras,
            notes=tuple(absent_notes(self.wheel, self.lock)),
        )

    def _constrained(self) -> Constrained:
        return Constrained(
            wheel=self.wheel,
            lock=self.lock,
            environment=self.environment,
            problems=self.problems,
        )

    def _remainder(self, graph: Graph, root: Root | None, start: Start) -> Remainder:
        return Remainder(
            lock=self.lock,
            environment=self.environment,
            graph=graph,
            name=self.wheel.name,
            root=root,
            begun=start.refused,
        )

    def _reach_in_list(self) -> _Reached:
        asked = ask(self.lock, self.wheel, self.selection, self.problems)
        self.problems.raise_if_any(ResolveError)
        taken = Flat(asked=asked, required=self._constrained()).take()
        self.problems.raise_if_any(ResolveError)
        self.lock = taken.narrowed(self.lock)
        return _Reached(
            graph=taken.graph,
            remainder=taken,
            extras=asked.extras,
            groups=asked.groups,
            notes=taken.notes,
            stale=taken.stale,
        )
