"""The files of the closure are those that uv asks a server for when it really installs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from repackage.lock import read_lock
from repackage.resolve import Selection, resolve
from repackage.wheel import read_wheel
from tests.integration.agreement import files_of
from tests.integration.lock_shapes import SHAPES, Release, Shape
from tests.integration.locked import locked
from tests.integration.projects import Project
from tests.integration.uv_machines import covering, every, machine
from tests.integration.uv_oracle import Refused, Request

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.simple_index import Served
    from tests.integration.uv_machines import Machine
    from tests.wheels import WheelFactory

#: What ``pylock.toml`` cannot say, or what is built.
INSTALLED = (
    "build tags",
    "variant labels",
    "files without a hash",
    "files by tag",
    "compressed sets of tags",
    "the stable ABI of an older minor",
    "wheels for free-threaded Pythons",
    "wheels for PyPy",
    "linux without a floor comes last",
    "wheels and sdists",
)
MACHINES = (
    machine("3.12", "manylinux_2_28_x86_64"),
    machine("3.13t", "musllinux_1_2_x86_64"),
    machine("3.11", "win_arm64"),
    machine("3.14.0rc1", "macosx_13_0_arm64"),
)
#: Tags of macOS that uv does not know: it writes ``fat32``, which ``sysconfig`` never did.
UNKNOWN_TO_UV = "_fat3"
#: How many packages a ladder of tags has, and how many of them with a foreign tag.
RUNGS, DECOYS = 60, 20


@pytest.mark.parametrize("name", INSTALLED)
def test_uv_asks_for_the_files_of_the_closure(
    name: str,
    tmp_path: Path,
    loopback: tuple[Path, Served],
    interpreters: Path,
    make_wheel: WheelFactory,
) -> None:
    shape, served = SHAPES[name], loopback[1]
    oracle = locked(f"files of {name}", shape, tmp_path, loopback, interpreters)
    lock = read_lock(oracle.lock_file)
    wheel = read_wheel(shape.wheel_project.wheel(make_wheel))

    for request in shape.requests[:6]:
        for asked in MACHINES:
            served.asked.clear()
            try:
                oracle.install(request, asked)
            except Refused:
                continue  # whether we refuse too is asked for every machine elsewhere
            closure = resolve(wheel, lock, asked.target, request.selection, files=request.files)
            ours = frozenset(file.filename for file in files_of(closure))
            assert (asked.target.name, ours) == (asked.target.name, served.files_asked_for())


@pytest.mark.parametrize("asked", list(covering(0)), ids=lambda asked: asked.target.name)
def test_the_tags_of_a_machine_are_in_the_order_of_uv(
    asked: Machine,
    tmp_path: Path,
    loopback: tuple[Path, Served],
    interpreters: Path,
) -> None:
    shape = ladder(asked)
    name = f"tags of {asked.target.name}"
    oracle = locked(name, shape, tmp_path, loopback, interpreters)
    served = loopback[1]
    served.asked.clear()

    oracle.install(Request(selection=Selection()), asked)

    best = {f"{release.name}-1.0-{release.tags[1]}.whl" for release in shape.index}
    assert served.files_asked_for() == best


def test_uv_still_does_not_know_one_kind_of_tag_of_macos(
    tmp_path: Path, loopback: tuple[Path, Served], interpreters: Path
) -> None:
    asked = machine("3.12", "macosx_13_0_x86_64")
    ours = next(str(tag) for tag in asked.target.tags if str(tag).endswith(UNKNOWN_TO_UV))
    shape = Shape(
        index=(Release(name="a", tags=(ours, "py3-none-any")),),
        project=Project(dependencies=("a",)),
    )
    oracle = locked("a tag of macOS", shape, tmp_path, loopback, interpreters)
    loopback[1].asked.clear()

    oracle.install(Request(selection=Selection()), asked)

    assert loopback[1].files_asked_for() == {"a-1.0-py3-none-any.whl"}


def ladder(asked: Machine) -> Shape:
    """Packages with two wheels each, of which the second has the better tag.

    The tags are neighbours in our order; or the better is the last of all, and the other
    that of another machine.
    """
    known = (str(tag) for tag in asked.target.tags)
    tags = [tag for tag in known if not tag.endswith(UNKNOWN_TO_UV)]
    steps = list(pairwise(tags))[:: max(1, len(tags) // RUNGS)]
    others = {str(tag) for other in every() for tag in other.target.tags}
    foreign = sorted(others - set(map(str, asked.target.tags)))
    decoys = [(tag, tags[-1]) for tag in foreign[:: len(foreign) // DECOYS]]
    pairs = [*((worse, better) for better, worse in steps), *decoys]
    return Shape(
        index=tuple(Release(name=f"p{number}", tags=pair) for number, pair in enumerate(pairs)),
        project=Project(
            requires_python=">=3.9",
            dependencies=tuple(f"p{number}" for number in range(len(pairs))),
        ),
    )
