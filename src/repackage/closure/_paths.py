"""The ways through the graph that bring a distribution in, or would have."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from repackage.closure._model import Closure, Passed, Pin, Requirer, Skipped

#: How many beginnings of paths are looked at: of a dense graph there is no end.
PATIENCE = 10_000

_Node = tuple["NormalizedName", "Version | None", "NormalizedName | None"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """An edge of a path, and what it leads to."""

    name: NormalizedName
    version: Version | None
    edge: Requirer
    skipped: Skipped | None = None
    """Why the edge was not followed; None: it was."""

    @property
    def barred(self) -> bool:
        """Whether it is this edge that was refused, not merely one before it."""
        return self.bars > 0

    @property
    def bars(self) -> int:
        """How much bars the edge; 0 if it was followed."""
        return self.skipped.bars if self.skipped else 0

    @property
    def source(self) -> _Node:
        """The list that the edge stands in: of a distribution, or of one of its extras."""
        return self.edge.name, self.edge.version, self.edge.extra

    @property
    def nodes(self) -> tuple[_Node, ...]:
        """The lists that the edge opens."""
        return tuple((self.name, self.version, extra) for extra in (None, *self.edge.extras))


@dataclass(frozen=True, kw_only=True, slots=True)
class Paths:
    """Ways from the root wheel to a distribution, the least barred and shortest first."""

    found: tuple[tuple[Step, ...], ...]
    more: int = 0
    """How many there are beside those."""
    counted: bool = True
    """Whether ``more`` is exact. Else it is what was counted before patience ended."""

    def __bool__(self) -> bool:
        return bool(self.found)


def paths(closure: Closure, name: NormalizedName, *, limit: int = 10) -> Paths:
    """Find how the root wheel comes to require a distribution that is installed.

    A path opens no list of requirements twice: what comes below the second time is there the
    first time, too. An extra's list is entered only through an edge that asks for the extra,
    or because the extra is selected.
    """
    followed = _followed(closure)
    return _Search(goal=name, steps=followed, limit=limit).run(_starts(followed, closure))


def missed(closure: Closure, name: NormalizedName, *, limit: int = 10) -> Paths:
    """Find the paths that would have brought in what was left out.

    A path goes along edges that were followed, by one way of several, up to the first that
    was not. The paths that need the least to be otherwise are found; of the others it is only
    said how many they are.
    """
    reached = {(each.name, each.version) for each in _walked(closure)}
    steps = [
        Step(name=each.name, version=each.version, edge=each.edge, skipped=each)
        for each in closure.skipped
        if each.edge is not None and each.kind != "virtual"
    ]
    start = [
        step
        for step in steps
        if step.edge.name == closure.root.name
        or step.source[:2] in reached
        or (step.edge.group is not None and step.barred)
    ]
    found = _Search(goal=name, steps=steps, limit=limit).run(start)
    return replace(
        found, found=tuple((*_way_to(path[0], closure), *path) for path in found.found)
    )


def _way_to(step: Step, closure: Closure) -> tuple[Step, ...]:
    """Find the shortest path to the list that an edge stands in."""
    name, followed = step.edge.name, _followed(closure)
    if name == closure.root.name or step.edge.group is not None:
        return ()
    start = _starts(followed, closure)
    for wanted in (step.source, None):  # nobody may open the list: it is of an extra

        def leads_on(each: Step, wanted: _Node | None = wanted) -> bool:
            return each.name != name or wanted is None or wanted in each.nodes

        steps = list(filter(leads_on, followed))
        search = _Search(goal=name, steps=steps, limit=1, counting=False)
        for path in search.run(filter(leads_on, start)).found:
            return path
    return ()


def _walked(closure: Closure) -> tuple[Pin | Passed, ...]:
    return (*closure.pins, *closure.passed)


def _followed(closure: Closure) -> list[Step]:
    return [
        Step(name=each.name, version=each.version, edge=edge)
        for each in _walked(closure)
        for edge in each.required_by
    ]


def _starts(followed: Iterable[Step], closure: Closure) -> list[Step]:
    """The edges in lists that the selection opens, not another edge."""
    steps = tuple(followed)
    opened = {node for step in steps for node in step.nodes}
    name, selected = closure.root.name, (None, *closure.extras)
    return [
        step
        for step in steps
        if step.edge.group is not None
        or (
            step.edge.name == name
            and (step.edge.extra in selected or step.source not in opened)
        )
    ]


def _cost(step: Step) -> int:
    """Weigh an edge: no path is so long that one with more bars is better."""
    return 1 + step.bars * PATIENCE


def _bars(path: Iterable[Step]) -> int:
    return sum(step.bars for step in path)


@dataclass(kw_only=True, slots=True)
class _Search:
    """Paths, the best first: A*, with the exact distance as its guess."""

    goal: NormalizedName
    steps: Sequence[Step]
    limit: int
    counting: bool = True
    """Whether to go on, and count, when there are as many as wanted."""
    below: dict[_Node, list[Step]] = field(default_factory=dict)
    """The steps that begin in a list; of groups none, since those are only begun with."""
    first: dict[tuple[_Node, _Node], Step] = field(default_factory=dict)
    """Of parallel edges that open the same list, the one that paths go through."""
    distance: dict[_Node, int] = field(default_factory=dict)

    def run(self, start: Iterable[Step]) -> Paths:
        self._connect()
        self._measure()
        found: list[tuple[Step, ...]] = []
        tie, more, looked_at = count(), 0, 0
        heap: list[tuple[int, int, tuple[Step, ...]]] = [
            (self._ahead(step), next(tie), (step,)) for step in start if self._leads_on(step)
        ]
        heapq.heapify(heap)
        while heap and looked_at < PATIENCE and (self.counting or len(found) < self.limit):
            looked_at += 1
            _, _, path = heapq.heappop(heap)
            if path[-1].name == self.goal:
                if len(found) < self.limit and _bars(path) == _bars((found or [path])[0]):
                    found.append(path)
                else:
                    more += 1
                continue
            for step in self._onward(path):
                guess = sum(map(_cost, path)) + self._ahead(step)
                heapq.heappush(heap, (guess, next(tie), (*path, step)))
        return Paths(found=tuple(found), more=more, counted=not heap)

    def _connect(self) -> None:
        for step in self.steps:
            if step.edge.group is None:
                self.below.setdefault(step.source, []).append(step)
            for node in step.nodes:
                self.first.setdefault((step.source, node), step)

    def _measure(self) -> None:
        """Weigh, backwards from the goal, the way from each list to it."""
        into: dict[_Node, list[Step]] = {}
        for step in self.steps:
            for node in step.nodes:
                into.setdefault(node, []).append(step)
        tie = count()
        last = [step for step in self.steps if step.name == self.goal]
        heap = [(_cost(step), next(tie), step.source) for step in last]
        heapq.heapify(heap)
        while heap:
            distance, _, node = heapq.heappop(heap)
            if node in self.distance:
                continue
            self.distance[node] = distance
            for step in into.get(node, ()):
                if step.edge.group is None and step.source not in self.distance:
                    heapq.heappush(heap, (distance + _cost(step), next(tie), step.source))

    def _leads_on(self, step: Step) -> bool:
        return step.name == self.goal or any(node in self.distance for node in step.nodes)

    def _ahead(self, step: Step) -> int:
        """What the best path costs that begins with a step."""
        if step.name == self.goal:
            return _cost(step)
        return _cost(step) + min(
            self.distance[node] for node in step.nodes if node in self.distance
        )

    def _onward(self, path: tuple[Step, ...]) -> Iterator[Step]:
        """The steps that a path may go on with."""
        last = path[-1]
        opened = {path[0].source}.union(*(step.nodes for step in path[:-1]))
        for node in last.nodes:
            if node in opened or self.first[last.source, node] is not last:
                continue
            yield from (step for step in self.below.get(node, ()) if self._leads_on(step))
