"""Staged applications, really run by this interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from repackage.format import app_layout
from repackage.stage import materialise
from repackage.target import free_target
from tests.unit.stage.conftest import Staging

if TYPE_CHECKING:
    from pathlib import Path

    from tests.wheels import WheelFactory

RELEASE = f"{sys.version_info[0]}.{sys.version_info[1]}"

#: Prints what an application may rely on in its own process and in a child's.
MAIN = """\
import importlib.metadata, json, subprocess, sys
FACTS = "import json, sys, dep; print(json.dumps([sys.prefix, dep.__file__, sys.path[0]]))"
def main():
    import dep, hooked
    child = subprocess.run([sys.executable, "-c", FACTS], check=True, capture_output=True)
    print(json.dumps({
        "prefix": sys.prefix,
        "dep": importlib.metadata.version("dep"),
        "name": __name__,
        "argv": sys.argv[1:],
        "path": sys.path,
        "hooked": hooked.VALUE,
        "child": json.loads(child.stdout),
    }))
    return 4
"""


@pytest.fixture
def root(tmp_path: Path, make_wheel: WheelFactory) -> Path:
    """Materialise an application so that it lies where its launcher says."""
    place = str(tmp_path / "root").lstrip("/")
    target = free_target(
        python=RELEASE,
        platform="manylinux_2_28_x86_64",
        interpreter=os.path.realpath(sys.executable),
    )
    layout = app_layout(target, prefix=f"{place}/usr/lib/app")
    application = make_wheel(
        files={
            "app.py": MAIN,
            "app-1.0.data/scripts/old": "#!python -B\nimport app; app.main()\n",
        },
        scripts={"app": "app:main"},
    )
    dependency = make_wheel(
        "dep",
        files={
            "dep/__init__.py": "",
            "hook.pth": "extra\n",
            "extra/hooked.py": "VALUE = 'by .pth'\n",
        },
    )
    staged = Staging(layout, python=RELEASE)(application, dependency)
    materialise(staged.tree, tmp_path / "unpacked")
    (tmp_path / "unpacked" / place).rename(tmp_path / "root")
    (tmp_path / "unpacked/usr/bin").rename(tmp_path / "commands")
    return tmp_path / "root"


def test_an_application_finds_itself_and_so_do_its_children(root: Path, tmp_path: Path) -> None:
    (tmp_path / "shadow").mkdir()
    (tmp_path / "shadow/app.py").write_text("raise SystemExit('shadowed')")

    done = subprocess.run(
        [root / "usr/lib/app/bin/app", "one two"],
        check=False,
        capture_output=True,
        cwd=tmp_path / "shadow",
    )

    assert done.stderr == b""
    assert done.returncode == 4
    facts = json.loads(done.stdout)
    prefix = str(root / "usr/lib/app")
    assert facts["prefix"] == prefix
    assert facts["dep"] == "1.0"
    assert facts["argv"] == ["one two"]
    assert facts["hooked"] == "by .pth"
    assert "" not in facts["path"]
    assert str(tmp_path / "shadow") not in facts["path"]
    assert facts["child"][0] == prefix
    assert facts["child"][1].startswith(prefix)


def test_a_command_is_a_link_that_runs(root: Path, tmp_path: Path) -> None:
    done = subprocess.run([tmp_path / "commands/app"], check=False, capture_output=True)

    assert done.stderr == b""
    assert json.loads(done.stdout)["prefix"] == str(root / "usr/lib/app")


def test_a_script_of_the_wheel_runs(root: Path) -> None:
    done = subprocess.run([root / "usr/lib/app/bin/old"], check=False, capture_output=True)

    assert done.stderr == b""
    assert json.loads(done.stdout)["name"] == "app"


@pytest.mark.parametrize("name", ["python", "python3", f"python{RELEASE}"])
def test_the_interpreter_is_that_of_the_prefix(root: Path, name: str) -> None:
    done = subprocess.run(
        [root / "usr/lib/app/bin" / name, "-c", "import sys; print(sys.prefix)"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == str(root / "usr/lib/app")


def test_a_flat_directory_runs_from_pythonpath_wherever_it_is(
    tmp_path: Path, make_wheel: WheelFactory, flat: Staging
) -> None:
    tree = flat(make_wheel(), make_wheel("dep")).tree
    materialise(tree, tmp_path / "made")
    (tmp_path / "made").rename(tmp_path / "moved here")
    code = "import importlib.metadata as m, app, dep; app.main(); print(m.version('dep'))"

    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "moved here")},
    )

    assert done.stdout == "hello\n1.0\n"
