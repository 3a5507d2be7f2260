"""Launchers and first lines, by what they do when they are run."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from repackage.errors import StageError
from repackage.format import Layout, flat_layout
from repackage.stage._launcher import first_line, launcher, reserved, rewritten
from repackage.target import Python
from tests.unit.stage.conftest import Staging

if TYPE_CHECKING:
    from pathlib import Path

    from tests.wheels import WheelFactory

INTERPRETER = "/usr/lib/app/bin/python"


def test_python_before_3_11_is_isolated_altogether() -> None:
    old = launcher("a", "b", interpreter=INTERPRETER, python=Python(major=3, minor=10))
    new = launcher("a", "b", interpreter=INTERPRETER, python=Python(major=3, minor=11))

    assert old.startswith(b"#!/usr/lib/app/bin/python -I\n")
    assert new.startswith(b"#!/usr/lib/app/bin/python -sP\n")


def test_a_dotted_attribute_is_imported_by_its_first_name() -> None:
    written = launcher(
        "a.b", "C.main", interpreter=INTERPRETER, python=Python(major=3, minor=12)
    )

    assert b"from a.b import C\n" in written
    assert b"sys.exit(C.main())" in written


def test_an_attribute_called_sys_does_not_hide_the_module(tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text("class sys:\n    def exit(): return 3\n")
    written = launcher(
        "tool", "sys.exit", interpreter=sys.executable, python=Python(major=3, minor=12)
    )

    done = subprocess.run([sys.executable, "-c", written.decode()], check=False, cwd=tmp_path)

    assert done.returncode == 3


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "it's",
        "''quotes''",
        'double"quote',
        "back\\slash\\N",
        "spaced back\\slash\\N{x}\\'\\",
        "dollar$HOME`id`",
        "\u00fcml\u00e4ut",
        "long" * 40,
    ],
)
def test_an_interpreter_of_any_name_starts_the_script(tmp_path: Path, name: str) -> None:
    directory = tmp_path / name
    directory.mkdir()
    interpreter = directory / "python"
    interpreter.symlink_to(sys.executable)
    script = tmp_path / "script"
    body = b"import sys\nprint(ascii(sys.argv[1:]), sys.flags.no_user_site)\nsys.exit(7)\n"
    script.write_bytes(first_line(str(interpreter), ("-s",)) + body)
    script.chmod(0o755)

    done = subprocess.run(
        [script, "a b", "$c", "'"], check=False, capture_output=True, text=True
    )

    assert done.stderr == ""
    assert done.stdout == "['a b', '$c', \"'\"] 1\n"
    assert done.returncode == 7


def test_a_short_line_names_the_interpreter_directly() -> None:
    longest = "/" + "x" * (127 - len("#!/ -sP\n"))

    assert first_line(longest, ("-sP",)).startswith(b"#!/x")
    assert first_line(longest + "x", ("-sP",)).startswith(b"#!/bin/sh\n")


@pytest.mark.parametrize("interpreter", ["/a\nb", "/a\x00", "/\udcff"])
def test_an_interpreter_that_no_line_can_name_is_refused(
    make_wheel: WheelFactory, interpreter: str
) -> None:
    flat = flat_layout()
    layout = Layout(
        purelib=flat.purelib,
        platlib=flat.platlib,
        scripts="bin",
        headers="include",
        data="",
        interpreter=interpreter,
    )

    with pytest.raises(StageError, match="no script can name the interpreter"):
        Staging(layout)(make_wheel())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"#!python\n", b"#!/p\n"),
        (b"#!pythonw\n", b"#!/p\n"),
        (b"#!python -E\nx", b"#!/p -E\nx"),
        (b"#!python\r\nx", b"#!/p\nx"),
        (b"#!/usr/bin/env python3\n", b"#!/p\n"),
        (b"#!/usr/bin/env -S python3 -u\n", b"#!/p -u\n"),
        (b"#!/home/me/.venv/bin/python3.12 -I\n", b"#!/p -I\n"),
        (b"#! /usr/bin/python\n", b"#!/p\n"),
        (b"#!/usr/bin/pypy3.11\n", b"#!/p\n"),
        (b"#!/usr/local/bin/python3.13t\n", b"#!/p\n"),
        (b"#!python -s -E\nx", b"#!/bin/sh\n'''exec' /p -s -E \"$0\" \"$@\"\n' '''\nx"),
        (b"#!/bin/sh\n'''exec' '/a b/python' \"$0\" \"$@\"\n' '''\nx", b"#!/p\nx"),
        (b"#!/bin/sh\n'''exec' /a/python3 -E \"$0\" \"$@\"\n' '''\nx", b"#!/p -E\nx"),
        (
            b"#!python\n# -*- coding: latin-1 -*-\n\xe9",
            b"#!/p\n# -*- coding: latin-1 -*-\n\xe9",
        ),
    ],
)
def test_a_python_script_is_pointed_elsewhere_with_its_arguments(
    before: bytes, after: bytes
) -> None:
    assert rewritten(before, interpreter="/p") == after


@pytest.mark.parametrize(
    "script",
    [
        b"",
        b"\x7fELF",
        b"print()\n",
        b"#!\n",
        b"#!/bin/sh\necho hello\n",
        b"#!/bin/sh\n'''exec' /usr/bin/perl \"$0\" \"$@\"\n' '''\n",
        b"#!/bin/sh\n'''exec' '/a \"$0\" \"$@\"\n' '''\n",
        b"#!/bin/sh\n'''exec' /a/python \"$0\" \"$@\"\necho\n",
        b"#!/usr/bin/env bash\n",
        b"#!/usr/bin/env\n",
        b"#!/usr/bin/perl -w\n",
        b"#!/usr/bin/pythonic\n",
    ],
)
def test_any_other_script_stays_as_it_is(script: bytes) -> None:
    assert rewritten(script, interpreter="/p") is None


def test_the_encoding_line_stays_among_the_first_two(tmp_path: Path) -> None:
    interpreter = tmp_path / "a b" / "python"
    interpreter.parent.mkdir()
    interpreter.symlink_to(sys.executable)
    script = tmp_path / "script"
    before = b"#!python\n# coding: latin-1\nprint(ascii('\xe9'))\n"
    once = rewritten(before, interpreter=str(interpreter))
    assert once is not None
    assert rewritten(once, interpreter=str(interpreter)) == once
    script.write_bytes(once)
    script.chmod(0o755)

    done = subprocess.run([script], check=True, capture_output=True, text=True)

    assert done.stdout == "'\\xe9'\n"


@pytest.mark.parametrize(
    "name",
    [
        *("python", "Python3", "python3.11", "python3.13t", "pythonw", "python3-config"),
        *("pip3.11", "activate", "activate.fish", "activate_this.py", "deactivate"),
    ],
)
def test_an_interpreters_names_are_reserved(name: str) -> None:
    assert reserved(name)


@pytest.mark.parametrize("name", ["pipx", "pip-audit", "pythonic", "ipython", "activated"])
def test_other_names_are_not_reserved(name: str) -> None:
    assert not reserved(name)


def test_a_launcher_runs_where_no_locale_is_set(tmp_path: Path) -> None:
    (tmp_path / "t\u00f6\u00f6l.py").write_text("def main(): return 5\n", encoding="utf-8")
    python = Python(major=sys.version_info[0], minor=sys.version_info[1])
    script = tmp_path / "script"
    written = launcher("t\u00f6\u00f6l", "main", interpreter=sys.executable, python=python)
    script.write_bytes(written.replace(b"import sys\n", b"import sys; sys.path[0:0] = ['.']\n"))

    done = subprocess.run(
        [sys.executable, script],
        check=False,
        cwd=tmp_path,
        env={"LC_ALL": "C", "PATH": os.defpath},
    )

    assert done.returncode == 5


def test_an_interpreter_of_the_path_is_looked_for_there(tmp_path: Path) -> None:
    python = tmp_path / "bin/python3"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    script = tmp_path / "a script"
    script.write_bytes(
        launcher("a", "b", interpreter="/usr/bin/env python3", python=Python(major=3, minor=11))
    )
    script.chmod(0o755)

    path = f"{python.parent}{os.pathsep}{os.defpath}"
    done = subprocess.run(
        [script, "x y"], env={"PATH": path}, check=True, capture_output=True, text=True
    )

    assert done.stdout == f"-sP {script} x y\n"


@pytest.mark.parametrize("minor", [10, sys.version_info[1]])
def test_a_launcher_puts_its_layouts_directory_first(minor: int, tmp_path: Path) -> None:
    """For a launcher of 3.10 that is the place of its own directory, which nothing is in."""
    modules = tmp_path / "it's \\ lib"
    modules.mkdir()
    (modules / "json.py").write_text("class sys:\n    def exit(): return 7\n")
    script = tmp_path / "script"
    (tmp_path / "other.py").write_text("")
    python = Python(major=3, minor=minor)
    written = launcher(
        "json", "sys.exit", interpreter=sys.executable, python=python, path=str(modules)
    )
    script.write_bytes(written)

    first, _, _ = written.partition(b"\n")
    done = subprocess.run([sys.executable, script], check=False)

    assert first.endswith(b" -s" if minor == 10 else b" -sP") or b"/bin/sh" in first
    assert done.returncode == 7


def test_a_launcher_minds_the_environment_that_children_are_told(
    tmp_path: Path,
) -> None:
    modules = tmp_path / "lib"
    modules.mkdir()
    (modules / "application.py").write_text(
        "import subprocess, sys\n"
        "def main(): return subprocess.call([sys.executable, '-m', 'application'])\n"
        "if __name__ == '__main__': sys.exit(9)\n"
    )
    python = Python(major=3, minor=sys.version_info[1])
    script = tmp_path / "script"
    script.write_bytes(
        launcher(
            "application", "main", interpreter=sys.executable, python=python, path=str(modules)
        )
    )
    script.chmod(0o755)

    done = subprocess.run([script], check=False, env={"PYTHONPATH": str(modules)}, cwd="/")

    assert done.returncode == 9
