"""Locks without a graph, as real tools write them, give what the lock with one gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from repackage.closure import FromSource
from repackage.errors import RepackageError, ResolveError
from repackage.lock import read_lock
from repackage.resolve import resolve
from repackage.wheel import read_wheel
from tests.integration.lock_shapes import SHAPES, edit, publish, write_workspace
from tests.integration.uv_machines import covering, machine
from tests.integration.uv_oracle import Oracle, Refused, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from repackage.closure import Closure
    from repackage.lock import Lock
    from repackage.resolve import Selection
    from repackage.wheel import Wheel
    from tests.integration.lock_shapes import Shape
    from tests.integration.simple_index import Served
    from tests.integration.uv_machines import Machine
    from tests.wheels import WheelFactory

#: Shapes of which uv can write a list.
EXPORTED = {
    name: shape for name, shape in SHAPES.items() if shape.exported and not shape.script
}

#: What is wanted to be different, and why.
DELIBERATE = {
    "a workspace with a virtual member in the middle": (
        "the wheel requires a member that is no package; a list does not say so, and to us it"
        " is missing"
    ),
}


@pytest.mark.parametrize("name", EXPORTED)
def test_what_uv_exports_gives_what_its_lock_gives(
    name: str,
    tmp_path: Path,
    loopback: tuple[Path, Served],
    interpreters: Path,
    make_wheel: WheelFactory,
    record_property: Callable[[str, object], None],
) -> None:
    shape = EXPORTED[name]
    oracle = lock(name, shape, tmp_path, loopback, interpreters)
    wheel, graph = (
        read_wheel(shape.wheel_project.wheel(make_wheel)),
        read_lock(oracle.lock_file),
    )

    different: list[str] = []
    equal = 0
    for turn, selection in enumerate(shape.selections):
        if selection.only_groups:
            continue  # the list is then one without what the wheel requires
        try:
            path = oracle.export(Request(selection=selection))
        except Refused:
            continue  # an extra that is not there, and the like: there is no list
        listed = read_lock(path)
        for on in covering(turn):
            expected = answer(wheel, graph, selection, on)
            if expected is not None:
                found = list(differences(expected, listed, on))
                different += found
                equal += not found
    record_property("answers", f"{equal} equal")
    assert different == [] or name in DELIBERATE, "\n".join(different)
    assert different != [] or name not in DELIBERATE, "no longer different"


def lock(
    name: str,
    shape: Shape,
    scratch: Path,
    loopback: tuple[Path, Served],
    interpreters: Path,
) -> Oracle:
    """Publish a shape and let uv lock it."""
    root, served = loopback
    slug = re.sub(r"\W+", "-", f"listed {name}")
    url = f"{served.url}/{slug}"
    publish(shape, root / slug, scratch / "project")
    project = write_workspace(shape, scratch / "project", url=url)
    oracle = Oracle(project=project, package=shape.root, session=interpreters)
    edit(shape, oracle.lock(machine(shape.locked_with, "manylinux_2_28_x86_64")), url=url)
    return oracle


def answer(wheel: Wheel, graph: Lock, selection: Selection, on: Machine) -> Closure | None:
    """The closure by the graph, if it has an answer."""
    try:
        return resolve(wheel, graph, on.target, selection)
    except RepackageError:
        return None


def differences(expected: Closure, listed: Lock, on: Machine) -> Iterator[str]:
    """Where the graph has an answer, the list must have the same."""
    try:
        found = resolve(expected.root, listed, on.target)
    except ResolveError as error:
        yield f"{on.target.name}: {error}"
        return
    ours, theirs = described(found), described(expected)
    if ours != theirs:
        yield f"{on.target.name}: {sorted(ours - theirs)} instead of {sorted(theirs - ours)}"


def described(closure: Closure) -> frozenset[tuple[str, str]]:
    """Name and place of every file; a source tree has none."""
    return frozenset(
        (
            str(pin.name),
            str((pin.artifact.sdist and pin.artifact.sdist.location) or "source")
            if isinstance(pin.artifact, FromSource)
            else str(pin.artifact.location),
        )
        for pin in closure.pins
    )
