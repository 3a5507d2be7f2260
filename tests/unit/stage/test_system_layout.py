"""The root wheel alone, where the system's own packages are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.format import system_layout
from repackage.target import free_target
from tests.unit.stage.conftest import Staging, text

if TYPE_CHECKING:
    from tests.wheels import WheelFactory

SITE = "usr/lib/python3.11/site-packages"


@pytest.fixture
def system() -> Staging:
    target = free_target(
        python="3.11", platform="manylinux_2_28_x86_64", interpreter="/usr/bin/python3.11"
    )
    return Staging(system_layout(target, site=SITE, name="app"))


def test_commands_are_launchers_of_the_systems_python(
    make_wheel: WheelFactory, system: Staging
) -> None:
    tree = system(make_wheel(scripts={"tool": "app:main"})).tree

    assert text(tree, "usr/bin/tool").startswith("#!/usr/bin/python3.11 -sP\n")
    assert tree.get(f"{SITE}/app/__init__.py")
    assert [entry.path for entry in tree if "pyvenv" in entry.path] == []


def test_data_are_below_sys_prefix_or_where_the_system_has_them(
    make_wheel: WheelFactory, system: Staging
) -> None:
    files = {
        "app-1.0.data/data/etc/a": "1",
        "app-1.0.data/data/share/app/b": "2",
        "app-1.0.data/data/share/man/man1/app.1": "3",
        "app-1.0.data/headers/app.h": "4",
    }

    staged = system(make_wheel(files=files))

    assert text(staged.tree, "etc/a") == "1"
    assert text(staged.tree, "usr/share/app/b") == "2"
    assert text(staged.tree, "usr/share/man/man1/app.1") == "3"
    assert staged.notes == ()


def test_pth_files_are_read_there(make_wheel: WheelFactory, system: Staging) -> None:
    tree = system(make_wheel(files={"app.py": "", "hook.pth": "import app\n"})).tree

    assert text(tree, f"{SITE}/hook.pth") == "import app\n"
