"""Bytecode is compiled at installation, and goes with the package."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.errors import FormatError
from repackage.format import app_layout
from repackage.target import Python
from repackage.testing import EPOCH, example_target, tree_of
from repackage.tree import Directory, inline_file
from repackage_formats.rpm._bytecode import cache_tag, with_bytecode
from repackage_formats.rpm._facts import Facts, Relation, Scriptlet
from tests.formats.rpm.made import facts

if TYPE_CHECKING:
    from pathlib import Path

SITE = "usr/lib/demo/lib/python3.11/site-packages"


def compiled(*paths: str, scriptlets: tuple[Scriptlet, ...] = ()) -> Facts:
    tree = tree_of(*(inline_file(path, b"", mtime=EPOCH) for path in paths))
    decided = facts(tree, scriptlets=scriptlets, file_flags={"etc/x": 17})
    layout = app_layout(example_target(), prefix="usr/lib/demo")
    return with_bytecode(decided, layout, target=example_target())


def ghosts(decided: Facts) -> list[str]:
    return [path for path, flags in decided.file_flags.items() if flags == 64]


def test_every_module_of_the_prefix_has_a_ghost() -> None:
    decided = compiled(
        f"{SITE}/a.py", f"{SITE}/pkg/b.py", f"{SITE}/pkg/data.txt", "usr/lib/demo/bin/run.py",
        "usr/share/other.py",
    )  # fmt: skip

    assert ghosts(decided) == [
        f"{SITE}/__pycache__",
        f"{SITE}/__pycache__/a.cpython-311.pyc",
        f"{SITE}/pkg/__pycache__",
        f"{SITE}/pkg/__pycache__/b.cpython-311.pyc",
    ]
    assert decided.file_flags["etc/x"] == 17
    paths = [entry.path for entry in decided.tree]
    assert paths == sorted(paths, key=str.encode)
    assert isinstance(decided.tree.get(f"{SITE}/__pycache__"), Directory)


def test_bytecode_that_a_wheel_brings_is_not_a_ghost() -> None:
    decided = compiled(f"{SITE}/a.py", f"{SITE}/__pycache__/a.cpython-311.pyc")

    assert ghosts(decided) == []
    assert decided.scriptlets == ()


def test_without_modules_there_is_no_scriptlet() -> None:
    decided = compiled("usr/lib/demo/bin/tool")

    assert (decided.scriptlets, decided.requires) == ((), ())


def test_the_scriptlet_requires_a_shell() -> None:
    decided = compiled(f"{SITE}/a.py")

    assert decided.requires == (Relation(name="/bin/sh", flags=0x500),)
    (post,) = decided.scriptlets
    assert (post.slot, post.program) == ("post", ("/bin/sh",))


def test_a_scriptlet_of_the_users_own_follows() -> None:
    own = (Scriptlet(slot="post", body="echo own\n"), Scriptlet(slot="pre", body="true\n"))
    decided = compiled(f"{SITE}/a.py", scriptlets=own)
    pre, post = decided.scriptlets

    assert pre == own[1]
    assert post.body.splitlines()[0].startswith("(umask 022; /usr/bin/python3.11 -I -m compile")
    assert post.body.endswith("|| :\necho own\n")


@pytest.mark.parametrize(
    "post",
    [
        Scriptlet(slot="post", body="print()", program=("<lua>",)),
        Scriptlet(slot="post", program=("/bin/sh",)),
    ],
)
def test_a_scriptlet_that_is_none_of_the_shell_is_refused(post: Scriptlet) -> None:
    with pytest.raises(FormatError, match="yours is none") as caught:
        compiled(f"{SITE}/a.py", scriptlets=(post,))

    assert "compile = false" in str(caught.value)


@pytest.mark.parametrize(
    ("python", "tag"),
    [
        (Python(major=3, minor=9), "cpython-39"),
        (Python(major=3, minor=13), "cpython-313"),
        (Python(major=3, minor=11, implementation="pypy"), "pypy311"),
    ],
)
def test_names_of_bytecode_follow_from_the_interpreter(python: Python, tag: str) -> None:
    assert cache_tag(python) == tag


def test_our_own_interpreter_has_the_tag_that_is_computed() -> None:
    major, minor = sys.version_info[:2]

    assert cache_tag(Python(major=major, minor=minor)) == sys.implementation.cache_tag


def test_the_scriptlet_compiles_what_kept_date_and_size(tmp_path: Path) -> None:
    """An upgrade may change a module and keep both; Python would take its old bytecode."""
    root = tmp_path / "with space"
    module = root / "lib" / "module.py"
    module.parent.mkdir(parents=True)
    (module.parent / "broken.py").write_text("def")
    target = replace(example_target(), interpreter=sys.executable)
    tree = tree_of(inline_file(f"{root}/lib/module.py"[1:], b"", mtime=EPOCH))
    layout = app_layout(target, prefix=str(root)[1:])
    decided = with_bytecode(facts(tree), layout, target=target)

    for value in ("1", "2"):
        module.write_text(f"print({value})\n")
        os.utime(module, (EPOCH, EPOCH))
        script = decided.scriptlets[0].body
        subprocess.run(["sh", "-c", f"umask 077; {script}"], check=True)
        command = [sys.executable, "-B", "-c", "import module"]
        done = subprocess.run(
            command, cwd=module.parent, check=True, capture_output=True, text=True
        )
        assert done.stdout == f"{value}\n"
    (cached,) = module.parent.glob("__pycache__/module.*")
    assert cached.stat().st_mode & 0o777 == 0o644


def test_a_missing_interpreter_is_no_reason_to_fail() -> None:
    decided = compiled(f"{SITE}/a.py")
    script = decided.scriptlets[0].body.replace("/usr/bin/python3.11", "/nowhere/python")

    subprocess.run(["sh", "-e", "-c", script], check=True)
