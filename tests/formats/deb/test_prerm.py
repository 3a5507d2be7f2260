"""The scripts themselves, run by a shell with programs of our own on its PATH."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.target import free_target
from repackage.testing import example_tree
from repackage.tree import read_file
from repackage_formats.deb._emit import contents
from repackage_formats.deb._scripts import scripts
from tests.formats.deb.debs import planned

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.native("sh", "rm", "rmdir")


def script(name: str, directory: Path) -> Path:
    """Write a script, its absolute prefix moved below a directory."""
    plan = planned()
    files = {file.path: file for file in contents(plan, example_tree(plan.layout)).control}
    text = read_file(files[name]).decode().replace("/usr/lib/example", f"{directory}/example")
    path = directory / name
    path.write_text(text)
    return path


def programs(directory: Path, **bodies: str) -> str:
    """Make programs, and a PATH with nothing but them and what a shell script needs."""
    place = directory / "bin"
    place.mkdir()
    for name, body in bodies.items():
        (place / name).write_text(f"#!/bin/sh\n{body}\n")
        (place / name).chmod(0o755)
    for name in ("rm", "rmdir"):
        (place / name).symlink_to(f"/bin/{name}")
    return str(place)


def run(
    path: Path, search: str, *arguments: str, root: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", path, *arguments],
        env={"PATH": search, "DPKG_ROOT": root},
        check=True,
        capture_output=True,
        text=True,
    )


def test_bytecode_goes_without_py3clean_and_nothing_else_does(tmp_path: Path) -> None:
    cache = tmp_path / "example/a b/__pycache__"
    cache.mkdir(parents=True)
    for name in ("m.cpython-311.pyc", "m.cpython-312.opt-2.pyc"):
        (cache / name).touch()
    other = tmp_path / "example/c/__pycache__"
    other.mkdir(parents=True)
    for name in ("m.cpython-311.pyc", "user.cpython-311.pyc"):
        (other / name).touch()
    listed = "\n".join(
        f"{tmp_path}/example/{path}" for path in ("a b/m.py", "c/m.py", "c", "x.txt")
    )
    search = programs(tmp_path, dpkg=f"cat <<'EOF'\n{listed}\nEOF", cat='exec /bin/cat "$@"')

    run(script("prerm", tmp_path), search, "remove")

    assert not cache.exists()
    assert [path.name for path in other.iterdir()] == ["user.cpython-311.pyc"]


def test_py3clean_is_asked_where_it_is(tmp_path: Path) -> None:
    search = programs(tmp_path, py3clean='echo "$@"', dpkg="exit 1")

    assert run(script("prerm", tmp_path), search, "upgrade", "2").stdout == "-p example\n"


def test_a_py3clean_that_fails_keeps_nobody_from_removing_the_package(tmp_path: Path) -> None:
    bytecode = tmp_path / "example/__pycache__/m.cpython-311.pyc"
    bytecode.parent.mkdir(parents=True)
    bytecode.touch()
    search = programs(
        tmp_path, py3clean="exit 127", dpkg=f"echo {tmp_path}/example/m.py; echo /else/m.py"
    )

    run(script("prerm", tmp_path), search, "remove")

    assert not bytecode.exists()


def test_in_another_root_nothing_of_the_running_system_is_touched(tmp_path: Path) -> None:
    """``dpkg --root --force-script-chrootless`` (dpkg(1), DPKG_ROOT)."""
    listed = f"{tmp_path}/example/m.py"
    here = tmp_path / "example/__pycache__/m.cpython-311.pyc"
    there = tmp_path / f"root{here}"
    for bytecode in (here, there):
        bytecode.parent.mkdir(parents=True)
        bytecode.touch()
    log = f"echo >> {tmp_path}/log"
    search = programs(tmp_path, py3clean=log, py3compile=log, dpkg=f"echo {listed}")

    run(script("postinst", tmp_path), search, "configure", root=f"{tmp_path}/root")
    run(script("prerm", tmp_path), search, "remove", root=f"{tmp_path}/root")

    assert here.exists()
    assert not there.exists()
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize("step", ["abort-upgrade", "abort-remove", "abort-deconfigure"])
def test_modules_are_compiled_again_when_what_removed_the_bytecode_is_called_off(
    step: str, tmp_path: Path
) -> None:
    search = programs(tmp_path, py3compile=f'echo "$@" >> {tmp_path}/log')
    run(script("postinst", tmp_path), search, step, "in-favour", "other", "2")

    assert (tmp_path / "log").read_text() == f"-p example -V 3.11 {tmp_path}/example\n"


def test_modules_are_compiled_when_the_package_is_configured(tmp_path: Path) -> None:
    search = programs(tmp_path, py3compile=f'echo "$@" >> {tmp_path}/log')
    path = script("postinst", tmp_path)
    run(path, search, "configure", "")
    run(path, search, "triggered", "x")

    log = (tmp_path / "log").read_text()
    assert log == f"-p example -V 3.11 {tmp_path}/example\n"


def test_a_module_that_cannot_be_compiled_is_no_obstacle(tmp_path: Path) -> None:
    fallback = {"python3.11": f'echo "$@" > {tmp_path}/log; exit 1'}
    search = programs(tmp_path, py3compile="exit 1", **fallback)
    run(script("postinst", tmp_path), search, "configure")

    assert (tmp_path / "log").read_text() == f"-m compileall -q {tmp_path}/example/lib\n"


def test_without_py3compile_nothing_is_compiled(tmp_path: Path) -> None:
    run(script("postinst", tmp_path), programs(tmp_path), "configure")


@pytest.mark.parametrize("python", ["pypy3.11", "3.13t"])
def test_what_py3compile_does_not_know_compiles_for_itself(python: str, tmp_path: Path) -> None:
    target = free_target(python=python, platform="manylinux_2_28_x86_64")
    plan = replace(planned(), target=target)
    command = target.interpreter.removeprefix("/usr/bin/")
    path = tmp_path / "postinst"
    path.write_bytes(scripts(plan, example_tree(plan.layout), package="example")["postinst"])
    log = f'echo "$0 $@" >> {tmp_path}/log'
    search = programs(tmp_path, py3compile=log, **{command: log})

    run(path, search, "configure")
    run(path, search, "configure", root="/elsewhere")
    run(path, search, "triggered")

    (line,) = (tmp_path / "log").read_text().splitlines()
    assert line == f"{tmp_path}/bin/{command} -m compileall -q /usr/lib/example/lib"


def test_the_path_of_an_interpreter_is_a_word_to_the_shell_and_no_command(
    tmp_path: Path,
) -> None:
    plan = planned()
    hostile = f"/opt/python; touch {tmp_path}/owned; #"
    plan = replace(plan, target=replace(plan.target, interpreter=hostile))
    path = tmp_path / "postinst"
    path.write_bytes(scripts(plan, example_tree(plan.layout), package="example")["postinst"])

    run(path, programs(tmp_path, py3compile="exit 1"), "configure")

    assert not (tmp_path / "owned").exists()
