"""One directory for ``PYTHONPATH``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.errors import StageError
from repackage.tree import Symlink
from tests.unit.stage.conftest import notes, text

if TYPE_CHECKING:
    from tests.unit.stage.conftest import Staging
    from tests.wheels import WheelFactory


def test_modules_are_at_the_top_and_nothing_is_a_link(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    tree = flat(make_wheel(), make_wheel("dep")).tree

    assert [entry.path for entry in tree] == [
        "app",
        "app-1.0.dist-info",
        "app-1.0.dist-info/INSTALLER",
        "app-1.0.dist-info/METADATA",
        "app-1.0.dist-info/RECORD",
        "app-1.0.dist-info/WHEEL",
        "app/__init__.py",
        "dep",
        "dep-1.0.dist-info",
        "dep-1.0.dist-info/INSTALLER",
        "dep-1.0.dist-info/METADATA",
        "dep-1.0.dist-info/RECORD",
        "dep-1.0.dist-info/WHEEL",
        "dep/__init__.py",
    ]
    assert not any(isinstance(entry, Symlink) for entry in tree)


def test_scripts_are_skipped_with_a_note(make_wheel: WheelFactory, flat: Staging) -> None:
    root = make_wheel(
        files={"app.py": "", "app-1.0.data/scripts/other": "#!python\n"},
        scripts={"tool": "app:main"},
    )
    program = make_wheel("ruff", files={"ruff-1.0.data/scripts/ruff": b"\x7fELF"})

    staged = flat(root, program)

    assert notes(staged, "skipped") == [("app", "other"), ("app", "tool"), ("ruff", "ruff")]
    assert staged.tree.get("bin") is None


def test_a_pth_file_is_refused_because_nothing_would_read_it(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    with pytest.raises(StageError, match=r"'hook.pth' of dep would not be read.*app layout"):
        flat(make_wheel(), make_wheel("dep", files={"hook.pth": "import dep\n"}))


@pytest.mark.parametrize("name", ["distutils-precedence.pth", "dep-1.0-py3.11-nspkg.pth"])
def test_a_harmless_pth_file_is_dropped(
    make_wheel: WheelFactory, flat: Staging, name: str
) -> None:
    staged = flat(make_wheel(), make_wheel("dep", files={name: "import os\n"}))

    assert notes(staged, "dropped") == [("dep", name)]
    assert staged.tree.get(name) is None


def test_a_pth_file_inside_a_package_is_data(make_wheel: WheelFactory, flat: Staging) -> None:
    tree = flat(make_wheel(files={"app/model.pth": "weights"})).tree

    assert text(tree, "app/model.pth") == "weights"


def test_data_are_installed_with_a_warning_that_sys_prefix_is_elsewhere(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    files = {"app-1.0.data/data/etc/a": "1", "app-1.0.data/data/share/b": "2"}

    staged = flat(make_wheel(files=files))

    assert text(staged.tree, "etc/a") == "1"
    (note,) = staged.notes
    assert str(note).startswith("app: data files (2) are installed, but not below")


def test_a_data_file_that_would_shadow_an_interpreter_is_refused(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    with pytest.raises(StageError, match="place of the interpreter"):
        flat(make_wheel(files={"app-1.0.data/data/bin/python3": ""}))
