from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

from repackage.stage import StageOptions, stage
from repackage.target import free_target
from repackage.tree import Directory, File, Tree, inline_file, read_file
from repackage.wheel import read_wheel
from tests.unit.stage.conftest import EPOCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from repackage.format import Layout
    from tests.unit.stage.conftest import Staging
    from tests.wheels import WheelFactory

SITE = "usr/lib/app/lib/python3.11/site-packages"


def compiled(modules: Sequence[File]) -> Mapping[str, File]:
    """Compile as no Python does: a module that is called odd cannot be."""
    return {
        module.path: replace(
            inline_file(f"{directory}/__pycache__/{name}c", b"code", mtime=module.mtime),
            origin=module.origin,
        )
        for module in modules
        for directory, _, name in [module.path.rpartition("/")]
        if name != "odd.py"
    }


def staged(layout: Layout, *wheels: Path) -> Tree:
    root, *others = (read_wheel(wheel) for wheel in wheels)
    return stage(
        layout,
        root=root,
        wheels=others,
        target=free_target(python="3.11", platform="manylinux_2_28_x86_64"),
        epoch=EPOCH,
        options=StageOptions(compiled=compiled),
    ).tree


def recorded(tree: Tree, path: str) -> dict[str, str]:
    file = tree.get(path)
    assert isinstance(file, File)
    return {row[0]: row[1] for row in csv.reader(read_file(file).decode().splitlines())}


def test_bytecode_is_recorded_with_its_module_and_owned_with_it(
    make_wheel: WheelFactory, app: Staging
) -> None:
    wheel = make_wheel("app", "1.0", files={"app/__init__.py": b"", "app/odd.py": b"?"})
    other = make_wheel("other", "2.0", files={"other/__init__.py": b"x = 1"})

    tree = staged(app.layout, wheel, other)

    file = tree.get(f"{SITE}/app/__pycache__/__init__.pyc")
    above = tree.get(f"{SITE}/app/__pycache__")
    assert isinstance(file, File)
    assert isinstance(above, Directory)
    assert (file.origin, above.origin) == ("app", "app")
    assert above.mtime == file.mtime
    assert tree.get(f"{SITE}/app/__pycache__/odd.pyc") is None
    rows = recorded(tree, f"{SITE}/app-1.0.dist-info/RECORD")
    assert rows["app/__pycache__/__init__.pyc"].startswith("sha256=")
    assert "other/__pycache__/__init__.pyc" in recorded(
        tree, f"{SITE}/other-2.0.dist-info/RECORD"
    )


def test_shared_modules_share_their_bytecode(make_wheel: WheelFactory, app: Staging) -> None:
    wheels = [
        make_wheel(name, "1.0", files={"shared/__init__.py": b"", f"{name}.py": b""})
        for name in ("app", "other")
    ]

    tree = staged(app.layout, *wheels)

    for name in ("app", "other"):
        rows = recorded(tree, f"{SITE}/{name}-1.0.dist-info/RECORD")
        assert {"shared/__pycache__/__init__.pyc", f"__pycache__/{name}.pyc"} <= rows.keys()


def test_only_what_is_imported_from_is_compiled(make_wheel: WheelFactory, app: Staging) -> None:
    wheel = make_wheel(
        "app",
        "1.0",
        files={
            "app.py": b"",
            "app-1.0.data/scripts/run.py": b"#!python\n",
            "app-1.0.data/data/share/plugin.py": b"",
        },
    )

    found = [
        file.path for file in staged(app.layout, wheel).files if "__pycache__" in file.path
    ]

    assert found == [f"{SITE}/__pycache__/app.pyc"]
