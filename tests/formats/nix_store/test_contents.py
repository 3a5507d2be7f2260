from __future__ import annotations

import pytest

from repackage.errors import FormatError
from repackage.testing import EPOCH, bare_tree, example_tree, tree_of
from repackage.tree import Directory, File, Symlink, inline_file
from repackage_formats.nix_store import nix_cache
from repackage_formats.nix_store._contents import contents
from tests.formats.nix_store.made import PYTHON, planned


def test_the_layout_is_an_environment_if_the_interpreter_is_known() -> None:
    layout = planned(nix_cache.Options(interpreter=PYTHON)).layout

    assert layout.venv == "libexec/example"
    assert layout.base_interpreter == layout.interpreter == PYTHON
    assert layout.scripts == "libexec/example/bin"
    assert layout.ledger == "share/repackage/example/ledger.json"
    assert ("share/man/", "share/man/") in layout.system_data


def test_the_layout_is_none_without_an_interpreter() -> None:
    layout = planned().layout

    assert (layout.venv, layout.commands) == ("", "")
    assert layout.interpreter == "/usr/bin/env python3"
    assert layout.pth


def test_each_script_becomes_a_command() -> None:
    plan = planned()
    tree = contents(plan, example_tree(plan.layout))

    command, python = tree.get("bin/example"), tree.get("libexec/example/bin/python")
    assert isinstance(command, File)
    assert isinstance(python, File)
    assert command.mode == python.mode == 0o755


def test_nothing_is_added_where_there_is_no_script() -> None:
    plan = planned()
    tree = bare_tree(plan.layout)

    assert contents(plan, tree) == tree


def test_a_program_that_is_no_python_is_linked() -> None:
    plan = planned()
    script = inline_file(
        "libexec/example/bin/tool",
        b"#!/bin/sh\nexec /usr/bin/env python3 -c pass\n",
        mtime=EPOCH,
        mode=0o755,
    )
    tree = contents(plan, tree_of(script))

    assert tree.get("bin/tool") == Symlink(
        path="bin/tool", target="../libexec/example/bin/tool", mtime=EPOCH
    )
    assert tree.get("libexec/example/bin/python") is None


def test_a_directory_of_commands_that_a_wheel_brings_is_shared() -> None:
    plan = planned()
    other = inline_file("bin/other", b"", mtime=EPOCH)
    tree = contents(plan, tree_of(*example_tree(plan.layout), other))

    assert [entry.path for entry in tree][:3] == ["bin", "bin/example", "bin/other"]
    assert isinstance(tree.get("bin"), Directory)


@pytest.mark.parametrize("path", ["bin/example", "libexec/example/bin/python"])
def test_what_a_wheel_brings_in_the_place_of_a_launcher_is_refused(path: str) -> None:
    plan = planned()
    taken = inline_file(path, b"", mtime=EPOCH)

    with pytest.raises(FormatError, match="which the package itself must write"):
        contents(plan, tree_of(*example_tree(plan.layout), taken))
