"""What holds for the walk of every lock (uv-lock.md 7): graphs are made up, not chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.utils import NormalizedName, canonicalize_name

from repackage.resolve import Selection, resolve
from tests.unit.resolve.locks import LINUX, Locks, a_wheel

if TYPE_CHECKING:
    import random

    from repackage.closure import Closure, Pin

MARKERS = ("", "sys_platform == 'linux'", "sys_platform == 'win32'", "python_version < '3.11'")
ROOT_EXTRAS = ("x", "y", "z")
EXTRAS = ("e", "f")
SOURCE = "source = { registry = 'https://index.example/simple' }"


@dataclass(frozen=True)
class Edge:
    """An edge to a package of the graph, by number."""

    to: int
    marker: str
    extras: tuple[str, ...]

    def text(self) -> str:
        extras = ", ".join(map(repr, self.extras))
        also = f', marker = "{self.marker}"' if self.marker else ""
        return f"{{ name = 'p{self.to}', extra = [{extras}]{also} }}"


@dataclass(frozen=True)
class Node:
    """A package: its own edges, and those of its extras."""

    edges: tuple[Edge, ...]
    extras: dict[str, tuple[Edge, ...]] = field(default_factory=dict)

    def text(self) -> str:
        lists = [f"dependencies = [{', '.join(map(Edge.text, self.edges))}]"]
        lists.append("[package.optional-dependencies]")
        for extra, edges in self.extras.items():
            lists.append(f"{extra} = [{', '.join(map(Edge.text, edges))}]")
        return "\n".join(lists)


@dataclass(frozen=True)
class Graph:
    """A root and the packages that it may lead to."""

    root: Node
    nodes: tuple[Node, ...]

    def parts(self) -> list[str]:
        """The packages of the lock."""
        return [
            (
                "[[package]]\nname = 'app'\nversion = '1.0'\nsource = { editable = '.' }\n"
                f"{self.root.text()}\n"
            ),
            *(
                f"[[package]]\nname = 'p{number}'\nversion = '1.{number}'\n{SOURCE}\nwheels = "
                f"[{{ url = 'https://files.example/p{number}-1.{number}-py3-none-any.whl' }}]\n"
                f"{node.text()}\n"
                for number, node in enumerate(self.nodes)
            ),
        ]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph, cycles and self references included."""
    size = draw(st.integers(1, 6))
    edge = st.builds(
        Edge,
        st.integers(0, size - 1),
        st.sampled_from(MARKERS),
        st.lists(st.sampled_from(EXTRAS), unique=True, max_size=2).map(tuple),
    )
    edges = st.lists(
        edge, max_size=3, unique_by=lambda each: (each.to, frozenset(each.extras), each.marker)
    ).map(tuple)

    def node(extras: tuple[str, ...]) -> st.SearchStrategy[Node]:
        return st.builds(Node, edges, st.dictionaries(st.sampled_from(extras), edges))

    return Graph(
        root=draw(
            st.builds(Node, edges, st.fixed_dictionaries(dict.fromkeys(ROOT_EXTRAS, edges)))
        ),
        nodes=draw(st.tuples(*[node(EXTRAS)] * size)),
    )


SELECTIONS = st.sets(st.sampled_from(ROOT_EXTRAS)).map(lambda each: tuple(sorted(each)))
WHEEL = a_wheel(extras=ROOT_EXTRAS)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Locks:
    """One directory for the locks of all examples."""
    return Locks(tmp_path_factory.mktemp("locks"))


def walked(locks: Locks, parts: list[str], extras: tuple[str, ...]) -> Closure:
    chosen = Selection(extras=tuple(map(canonicalize_name, extras)))
    return resolve(WHEEL, locks.lock(*parts), LINUX, chosen)


def names(closure: Closure) -> set[NormalizedName]:
    return {pin.name for pin in closure.pins}


def holds(marker: str) -> bool:
    return not marker or Marker(marker).evaluate(dict(LINUX.markers))


def expected(graph: Graph, extras: tuple[str, ...]) -> set[str]:
    """Reach by the plainest means: nodes with extras, until nothing is new."""
    queue = [
        *graph.root.edges,
        *(edge for extra in extras for edge in graph.root.extras[extra]),
    ]
    seen: set[tuple[int, str]] = set()
    while queue:
        edge = queue.pop()
        if not holds(edge.marker):
            continue
        for extra in ("", *edge.extras):
            node = graph.nodes[edge.to]
            if (edge.to, extra) not in seen:
                seen.add((edge.to, extra))
                queue.extend(node.extras.get(extra, ()) if extra else node.edges)
    return {f"p{number}" for number, _ in seen}


@given(graph=graphs(), extras=SELECTIONS)
def test_what_is_installed_is_what_true_edges_reach(
    graph: Graph, extras: tuple[str, ...], shared: Locks
) -> None:
    closure = walked(shared, graph.parts(), extras)

    assert names(closure) == expected(graph, extras)


@given(graph=graphs(), extras=SELECTIONS)
def test_every_pin_is_required_by_the_root_or_a_pin_under_a_true_marker(
    graph: Graph, extras: tuple[str, ...], shared: Locks
) -> None:
    closure = walked(shared, graph.parts(), extras)
    by_name: dict[NormalizedName, Pin] = {pin.name: pin for pin in closure.pins}

    assert len(by_name) == len(closure.pins)
    for pin in closure.pins:
        assert pin.required_by
        for requirer in pin.required_by:
            assert holds(requirer.marker)
            if requirer.name == WHEEL.name:
                assert requirer.extra in {None, *closure.extras}
            else:
                assert requirer.extra in {None, *by_name[requirer.name].extras}


@given(graph=graphs(), fewer=SELECTIONS, more=SELECTIONS)
def test_another_extra_never_takes_anything_away(
    graph: Graph, fewer: tuple[str, ...], more: tuple[str, ...], shared: Locks
) -> None:
    both = tuple(sorted({*fewer, *more}))

    assert names(walked(shared, graph.parts(), fewer)) <= names(
        walked(shared, graph.parts(), both)
    )


@given(graph=graphs(), extras=SELECTIONS, seed=st.randoms(use_true_random=False))
def test_the_order_of_packages_in_the_file_does_not_matter(
    graph: Graph, extras: tuple[str, ...], seed: random.Random, shared: Locks
) -> None:
    parts = graph.parts()
    shuffled = list(parts)
    seed.shuffle(shuffled)

    straight, other = walked(shared, parts, extras), walked(shared, shuffled, extras)

    def facts(closure: Closure) -> list[object]:
        return [
            (pin.name, pin.version, pin.extras, set(pin.required_by)) for pin in closure.pins
        ]

    assert facts(straight) == facts(other)


@given(graph=graphs(), extras=SELECTIONS)
def test_a_package_that_nothing_requires_changes_nothing(
    graph: Graph, extras: tuple[str, ...], shared: Locks
) -> None:
    parts = graph.parts()
    stranger = f"[[package]]\nname = 'q'\nversion = '1'\n{SOURCE}\ndependencies = [{{ name = 'p0' }}]\n"

    alone, beside = walked(shared, parts, extras), walked(shared, [*parts, stranger], extras)

    assert alone.pins == beside.pins


@given(graph=graphs(), extras=SELECTIONS)
def test_a_key_that_is_unknown_changes_nothing(
    graph: Graph, extras: tuple[str, ...], shared: Locks
) -> None:
    parts = graph.parts()
    later = [part.replace("version =", "later = 1\nversion =", 1) for part in parts]

    assert walked(shared, parts, extras).pins == walked(shared, later, extras).pins
