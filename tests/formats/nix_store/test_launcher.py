"""Commands of a store path, really run, wherever it lies."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from repackage.stage import materialise, stage
from repackage.target import Python, free_target
from repackage.testing import EPOCH, example_package
from repackage.wheel import read_wheel
from repackage_formats.nix_store import nix_cache
from repackage_formats.nix_store._contents import contents
from repackage_formats.nix_store._launcher import Launchers, program
from tests.formats.nix_store.made import HASH, planned

if TYPE_CHECKING:
    from repackage.target import Target
    from tests.wheels import WheelFactory

RELEASE = f"{sys.version_info[0]}.{sys.version_info[1]}"
STORED = f"/nix/store/{HASH}-python3/bin/python{RELEASE}"
#: Prints what an application may rely on, in its own process, in a child's and in a worker's.
MAIN = """\
import concurrent.futures, importlib.metadata, json, multiprocessing, subprocess, sys
CHILD = "import dep, json, sys; print(json.dumps([sys.prefix, dep.__file__]))"
def work(number):
    import dep
    return number + dep.ONE
def main():
    import hooked
    child = subprocess.run([sys.executable, "-c", CHILD], check=True, capture_output=True)
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
        two = pool.submit(work, 1).result()
    print(json.dumps({
        "prefix": sys.prefix, "argv": sys.argv, "path": sys.path, "two": two,
        "child": json.loads(child.stdout), "version": importlib.metadata.version("dep"),
        "hooked": hooked.VALUE,
    }))
    return 4
"""


def target() -> Target:
    return free_target(python=RELEASE, platform="manylinux_2_28_x86_64")


def laid_out(make_wheel: WheelFactory, root: Path, options: nix_cache.Options) -> Path:
    """Stage an application and a dependency, and lay them out as a store would."""
    application = make_wheel(
        "example",
        files={
            "app.py": MAIN,
            "example-1.0.data/scripts/old": "#!python -B\nimport app; print(app.work(1))\n",
            "example-1.0.data/scripts/shell": "#!/bin/sh\necho from the shell\n",
        },
        scripts={"app": "app:main"},
    )
    dependency = make_wheel(
        "dep",
        files={
            "dep.py": "ONE = 1\n",
            "dep.pth": "hooks\n",
            "hooks/hooked.py": "VALUE = 'read'\n",
        },
    )
    plan = replace(planned(options), target=target())
    plan = replace(plan, layout=nix_cache.layout(example_package(), target(), options))
    staged = stage(
        plan.layout,
        root=read_wheel(application),
        wheels=[read_wheel(dependency)],
        target=target(),
        epoch=EPOCH,
    )
    materialise(contents(plan, staged.tree), root)
    return root


def run(
    command: Path,
    *arguments: str,
    path: str | None = None,
    python: str = "",
    shadow: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command with this Python first on the ``PATH``, or with a Python that is given."""
    return subprocess.run(
        [*([python] if python else []), command, *arguments],
        env={
            "PATH": path or f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(shadow or ""),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_command_sees_what_lies_beside_it_and_so_do_its_children(
    make_wheel: WheelFactory, tmp_path: Path
) -> None:
    root = laid_out(make_wheel, tmp_path / "store path", nix_cache.Options())
    link = tmp_path / "linked"
    link.symlink_to(root / "bin/app")
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    (shadow / "dep.py").write_text("raise SystemExit('the dep of somebody else')\n")
    site = f"{root}/libexec/example/lib/python{RELEASE}/site-packages"

    done = run(link, "one", "t w o", shadow=shadow)
    assert done.stdout, done.stderr
    facts = json.loads(done.stdout)

    assert done.returncode == 4
    assert facts["argv"] == [str(link), "one", "t w o"]
    assert facts["path"][-2:] == [site, f"{site}/hooks"]
    assert str(shadow) not in facts["path"]
    assert facts["child"] == [sys.prefix, f"{site}/dep.py"]
    assert (facts["two"], facts["version"], facts["hooked"]) == (2, "1.0", "read")
    assert not list(root.rglob("__pycache__")), "a store that changes is a damaged one"


def test_a_command_starts_in_its_environment_with_an_interpreter_of_the_store(
    make_wheel: WheelFactory, tmp_path: Path
) -> None:
    root = laid_out(make_wheel, tmp_path / "path", nix_cache.Options(interpreter=STORED))
    home = root / "libexec/example"
    assert (home / "bin/python").readlink() == Path(STORED)
    real = os.path.realpath(sys.executable)
    (home / "bin/python").unlink()
    (home / "bin/python").symlink_to(real)
    (home / "pyvenv.cfg").write_text(f"home = {Path(real).parent}\n")

    first = (root / "bin/app").read_text().splitlines()[0]
    done = run(root / "bin/app", "one", python=sys.executable)
    assert done.stdout, done.stderr
    facts = json.loads(done.stdout)

    assert first == f"#!{STORED} -IS"
    assert done.returncode == 4
    assert facts["prefix"] == str(home)
    assert facts["child"][0] == str(home)
    assert (facts["two"], facts["hooked"]) == (2, "read")
    assert not list(root.rglob("__pycache__"))


def test_scripts_of_wheels_are_commands_as_well(
    make_wheel: WheelFactory, tmp_path: Path
) -> None:
    root = laid_out(make_wheel, tmp_path / "path", nix_cache.Options())

    assert run(root / "bin/old").stdout == "2\n"
    assert run(root / "bin/shell").stdout == "from the shell\n"
    assert (root / "bin/shell").readlink() == Path("../libexec/example/bin/shell")
    assert sorted(path.name for path in (root / "bin").iterdir()) == ["app", "old", "shell"]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A command that was made for a Python that nobody has."""
    plan = planned(python=Python(major=3, minor=99))
    command = tmp_path / "path/bin/example"
    command.parent.mkdir(parents=True)
    command.write_bytes(
        Launchers(layout=plan.layout, python=plan.target.python).command("example")
    )
    command.chmod(0o755)
    return command


def test_another_python_on_the_path_is_told_clearly(elsewhere: Path) -> None:
    done = run(elsewhere, path=str(Path(sys.executable).parent), python=sys.executable)

    assert done.returncode == 1
    assert done.stderr == (
        f"example: it was packaged for python3.99, and Python {RELEASE} is on the PATH"
        " (install python3.99, or put it before the other)\n"
    )


def test_the_right_python_is_found_behind_another_one(elsewhere: Path, tmp_path: Path) -> None:
    right = tmp_path / "right/python3.99"
    right.parent.mkdir()
    right.write_text('#!/bin/sh\necho "$@"\n')
    right.chmod(0o755)

    done = run(elsewhere, "a b", path=str(right.parent), python=sys.executable)

    assert done.stdout == f"{elsewhere} a b\n"


@pytest.mark.parametrize("name", ["a'b", 'a"b', 'a"""b', "a\\b", "a{b}", "a%sb", "a\nb", "ü"])
def test_a_name_of_any_kind_is_no_code(name: str) -> None:
    plan = planned()
    text = Launchers(layout=plan.layout, python=plan.target.python).command(name)

    assert any(_holds(node, name) for node in ast.walk(ast.parse(text)))
    assert name == "ü" or text.isascii()


def _holds(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == name


def test_launchers_are_understood_by_pythons_that_are_too_old() -> None:
    plan = planned()
    launchers = Launchers(layout=plan.layout, python=plan.target.python)

    for text in (launchers.command("example"), launchers.interpreter()):
        assert ast.parse(text, feature_version=(3, 4)).body


def test_each_kind_of_python_is_looked_for_by_its_name() -> None:
    assert program(Python(major=3, minor=12)) == "python3"
    assert program(Python(major=3, minor=13, free_threaded=True)) == "python3.13t"
    assert program(Python(major=3, minor=11, implementation="pypy")) == "pypy3"


def test_an_environment_of_an_older_python_is_isolated_in_its_own_way() -> None:
    options = nix_cache.Options(interpreter=STORED.replace(RELEASE, "3.10"))
    plan = planned(options, python=Python(major=3, minor=10))

    text = Launchers(layout=plan.layout, python=plan.target.python).command("x").decode()

    assert "[python, '-IB', " in text
