"""The walk over the edges of a lock: nothing is chosen, everything was chosen by uv."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from repackage.closure import Requirer
from repackage.resolve._markers import atoms, extra_atom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from repackage.lock import Edge, Lock, LockedPackage, PackageId
    from repackage.resolve._markers import Environment

Node = tuple["PackageId", "NormalizedName | None"]
"""A package, or one of its extras: each has its own list of edges."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arc:
    """An edge that was decided together with the roots."""

    requirer: Requirer
    target: PackageId


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """Where a walk begins: roots, edges decided with them, active conflict items."""

    nodes: tuple[Node, ...]
    arcs: tuple[Arc, ...]
    active: frozenset[str]
    refused: tuple[Arc, ...] = ()
    """Edges that were decided with the roots, and not followed."""


@dataclass(slots=True)
class Graph:
    """What a walk reached, and by which edges."""

    requirers: dict[PackageId, list[Requirer]] = field(default_factory=dict)
    extras: dict[PackageId, set[NormalizedName]] = field(default_factory=dict)
    opened: set[Node] = field(default_factory=set)
    """The lists of edges that were looked at."""
    unfollowed: list[tuple[PackageId, Requirer]] = field(default_factory=list)
    """The edges in them whose markers are false."""

    def reach(self, target: PackageId, requirer: Requirer) -> None:
        """Note that an edge was followed."""
        self.requirers.setdefault(target, []).append(requirer)
        self.extras.setdefault(target, set()).update(requirer.extras)


def nodes_of(target: PackageId, extras: Iterable[NormalizedName]) -> Iterator[Node]:
    """The nodes that an edge leads to."""
    yield target, None
    for extra in extras:
        yield target, extra


def edges_of(package: LockedPackage, extra: NormalizedName | None) -> tuple[Edge, ...]:
    """The edges of a node."""
    if extra is None:
        return package.dependencies
    return package.optional_dependencies.get(extra, ())


def own_extras(edge: Edge) -> frozenset[str]:
    """The conflict items that an edge activates by being followed."""
    return frozenset(extra_atom(edge.target.name, extra) for extra in edge.extras)


def walk(lock: Lock, environment: Environment, start: Start) -> Graph:
    """Follow every edge whose marker is true (pass 2 of the walk)."""
    graph = Graph()
    for arc in start.arcs:
        graph.reach(arc.target, arc.requirer)
    queue = deque(_first(start))
    graph.opened.update(queue)
    while queue:
        identity, extra = queue.popleft()
        for edge in edges_of(lock.by_id[identity], extra):
            requirer = requirer_of(identity, edge, extra=extra)
            if not environment.holds(edge.marker, start.active):
                graph.unfollowed.append((edge.target, requirer))
                continue
            graph.reach(edge.target, requirer)
            for node in nodes_of(edge.target, edge.extras):
                if node not in graph.opened:
                    graph.opened.add(node)
                    queue.append(node)
    return graph


def activate(lock: Lock, environment: Environment, start: Start) -> frozenset[str]:
    """Find the conflict items that edges activate on the way (pass 1 of the walk).

    An extra that becomes active deep in the graph may switch off an edge near the root.
    An edge activates only if some path to its parent holds: a path is remembered as the
    set of those of its markers that ask about conflict items.
    """
    active = set(start.active)
    queue = deque(_first(start))
    reach: dict[Node, set[frozenset[str]]] = {node: {frozenset()} for node in queue}
    while queue:
        node = queue.popleft()
        for edge in edges_of(lock.by_id[node[0]], node[1]):
            now = active | own_extras(edge)
            if not environment.holds(edge.marker, now) or not any(
                all(environment.holds(marker, now) for marker in path) for path in reach[node]
            ):
                continue
            active = now
            asks = frozenset({edge.marker}) if atoms(edge.marker) else frozenset()
            paths = {path | asks for path in reach[node]}
            for target in nodes_of(edge.target, edge.extras):
                if _widen(reach.setdefault(target, set()), paths):
                    queue.append(target)
    return frozenset(active)


def requirer_of(
    identity: PackageId,
    edge: Edge,
    *,
    extra: NormalizedName | None = None,
    group: NormalizedName | None = None,
) -> Requirer:
    """Describe an edge as a closure does."""
    return Requirer(
        name=identity.name,
        version=identity.version,
        extra=extra,
        group=group,
        marker=edge.marker,
        extras=edge.extras,
    )


def _first(start: Start) -> list[Node]:
    """The nodes that a walk begins with, each once."""
    nodes = dict.fromkeys(start.nodes)
    for arc in start.arcs:
        nodes.update(dict.fromkeys(nodes_of(arc.target, arc.requirer.extras)))
    return list(nodes)


def _widen(known: set[frozenset[str]], paths: set[frozenset[str]]) -> bool:
    """Add the paths that are not implied by a known one; tell whether there were any."""
    new = [path for path in paths if not any(path >= other for other in known)]
    known.difference_update([old for old in known if any(old > path for path in new)])
    known.update(new)
    return bool(new)
