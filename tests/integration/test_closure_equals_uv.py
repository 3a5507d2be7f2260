"""The closure is what uv selects: the same set, the same files, the same refusals."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from repackage.errors import ResolveError
from repackage.lock import LockedFile, SourceTree, read_lock
from repackage.resolve import Selection, resolve
from repackage.target import free_target
from repackage.wheel import read_wheel
from tests.integration.lock_shapes import SHAPES, Shape
from tests.integration.projects import Project
from tests.integration.simple_index import serving, write_index
from tests.integration.uv_oracle import (
    ARCHITECTURES,
    PYTHONS,
    Oracle,
    Refused,
    selected_files,
)
from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from packaging.pylock import Pylock

    from repackage.closure import Closure
    from repackage.lock import Lock
    from repackage.target import Target
    from repackage.wheel import Wheel
    from tests.integration.applications import Application

TARGETS = [
    free_target(python=python, platform=f"manylinux_2_28_{arch}")
    for python, arch in product(PYTHONS, ARCHITECTURES)
]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_lock_of_this_shape_gives_what_uv_selects(
    shape: Shape, tmp_path: Path, make_wheel: WheelFactory
) -> None:
    publish(shape, tmp_path / "index")
    with serving(tmp_path / "index") as url:
        oracle = Oracle(
            write_workspace(shape, tmp_path / "project", url=url),
            tmp_path,
            cache=tmp_path / "cache",
        )
        lock = read_lock(oracle.lock())
    projects = {project.name: project for project in (shape.project, *shape.members.values())}
    wheel = read_wheel(projects[shape.root].wheel(make_wheel))

    for selection in shape.selections:
        assert differences(oracle, wheel, lock, selection) == []


APPLICATIONS = {
    "a command line with many dependencies": Project(
        dependencies=("black[d]", "httpie", "rich", "typer"),
        extras={"serve": ("uvicorn[standard]",)},
    ),
    "compiled wheels": Project(dependencies=("cryptography", "numpy", "pydantic")),
    "forks asked for": Project(
        dependencies=(
            "attrs<24; python_version < '3.12'",
            "attrs>=24; python_version >= '3.12'",
            "pandas; platform_machine == 'x86_64'",
        ),
    ),
}


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize("project", APPLICATIONS.values(), ids=APPLICATIONS)
def test_the_lock_of_a_real_application_gives_what_uv_selects(
    project: Project, tmp_path: Path, make_wheel: WheelFactory
) -> None:
    project.write(tmp_path / "project")
    oracle = Oracle(tmp_path / "project", tmp_path, cache=tmp_path / "cache")
    lock = read_lock(oracle.lock())
    wheel = read_wheel(project.wheel(make_wheel))

    for selection in (Selection(), Selection(all_extras=True)):
        assert differences(oracle, wheel, lock, selection) == []


@pytest.mark.network
@pytest.mark.slow
def test_the_lock_of_a_real_workspace_gives_what_uv_selects(
    tmp_path: Path, make_wheel: WheelFactory
) -> None:
    app = Project(
        dependencies=("lib", "typer"),
        uv=(
            "[tool.uv.workspace]\nmembers = ['lib']\n"
            "[tool.uv.sources]\nlib = { workspace = true }"
        ),
    )
    app.write(tmp_path / "project")
    Project(name="lib", dependencies=("pyyaml", "attrs")).write(tmp_path / "project" / "lib")
    oracle = Oracle(tmp_path / "project", tmp_path, cache=tmp_path / "cache")
    lock = read_lock(oracle.lock())

    assert differences(oracle, read_wheel(app.wheel(make_wheel)), lock, Selection()) == []


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["pure_command", "compiled_service", "workspace", "tox_itself"]
)
def test_the_closure_of_a_packaged_application_is_what_uv_selects(
    name: str, built: Callable[[str], Application], tmp_path: Path
) -> None:
    application = built(name)
    oracle = Oracle(application.project, tmp_path, cache=tmp_path / "cache")
    wheel, lock = read_wheel(application.wheel), read_lock(application.lock)

    assert differences(oracle, wheel, lock, Selection()) == []


def publish(shape: Shape, root: Path) -> None:
    """Make the wheels of a shape and an index of them."""
    make_wheel = WheelFactory(root / "wheels")
    for release in shape.index:
        for tag in release.tags:
            make_wheel(
                release.name,
                release.version,
                requires=release.requires,
                extras=release.extras,
                metadata=[f"Requires-Python: {release.python}"],
                tag=tag,
            )
    write_index(root / "wheels", root)


def write_workspace(shape: Shape, directory: Path, *, url: str) -> Path:
    """Write the projects of a shape, all locked from one index."""
    index = f'\n[[tool.uv.index]]\nurl = "{url}"\ndefault = true\n'
    if shape.bare_root:
        directory.mkdir()
        (directory / "pyproject.toml").write_text(shape.bare_root + index)
    else:
        shape.project.write(directory)
        with (directory / "pyproject.toml").open("a") as file:
            file.write(index)
    for place, project in shape.members.items():
        project.write(directory / place)
    return directory


def differences(oracle: Oracle, wheel: Wheel, lock: Lock, selection: Selection) -> list[str]:
    """Every target for which uv and the closure disagree, and how."""
    found: list[str] = []
    exported: Pylock | None = None
    for target in TARGETS:
        ours = answer(wheel, lock, target, selection)
        theirs = uv_answer(oracle, wheel, target, selection)
        case = f"{target.name}, {selection}"
        if isinstance(ours, str) or isinstance(theirs, str):
            if not (isinstance(ours, str) and isinstance(theirs, str)):
                found.append(f"{case}: we say {ours}, and uv {theirs}")
            continue
        exported = exported or oracle.files(wheel.name, selection)
        files = selected_files(exported, target)
        found += (f"{case}: {difference}" for difference in compare(ours, theirs, files))
    return found


def compare(
    closure: Closure, names: frozenset[tuple[str, str | None]], files: frozenset[str]
) -> Iterator[str]:
    """How an answer of ours differs from uv's, set and files."""
    pins = {
        (pin.name, None if isinstance(pin.source, SourceTree) else str(pin.version))
        for pin in closure.pins
    }
    others = {(name, version) for name, version in names if name != closure.root.name}
    if pins != others:
        yield f"the set differs by {pins ^ others}"
    artifacts = (pin.artifact for pin in closure.pins)
    ours = {file.filename for file in artifacts if isinstance(file, LockedFile)}
    if ours != files:
        yield f"the files differ by {ours ^ files}"
    if closure.stale:
        yield f"taken for stale: {closure.stale}"


def uv_answer(
    oracle: Oracle, wheel: Wheel, target: Target, selection: Selection
) -> frozenset[tuple[str, str | None]] | str:
    """uv's set, or the sentence with which it refuses."""
    try:
        return oracle.installed(wheel.name, target, selection)
    except Refused as refusal:
        return f"refused: {refusal}"


def answer(wheel: Wheel, lock: Lock, target: Target, selection: Selection) -> Closure | str:
    """Our closure, or the sentence with which we refuse."""
    try:
        return resolve(wheel, lock, target, selection)
    except ResolveError as error:
        return f"refused: {error}"
