from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from repackage.bytecode import compiling
from repackage.errors import TargetError
from repackage.target import Python

if TYPE_CHECKING:
    from pathlib import Path

FACTS = {
    "implementation": "cpython", "version": [3, 99, 1], "free_threaded": False,
    "platform": "linux-x86_64", "libc": ["glibc", "2.31"], "soabi": "", "build": "3.99.1 (main)",
}  # fmt: skip


def program(directory: Path, name: str, **changes: object) -> Path:
    path = directory / name
    path.write_text(
        f"#!/bin/sh\necho '{json.dumps({'executable': str(path), **FACTS, **changes})}'\n"
    )
    path.chmod(0o755)
    return path


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="bytecode is of CPython")
@pytest.mark.parametrize("free_threaded", [False, True])
def test_the_running_interpreter_compiles_for_its_minor_with_threads_or_without(
    free_threaded: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    minor = sys.version_info.minor
    found = compiling(Python(major=3, minor=minor, free_threaded=free_threaded))

    assert (found.path, found.minor, found.tag) == (
        sys.executable, minor, sys.implementation.cache_tag
    )  # fmt: skip


@pytest.mark.parametrize("name", ["python3.99", "python3.99t"])
def test_another_minor_is_looked_for_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    there = program(tmp_path, name)

    for free_threaded in (False, True):
        found = compiling(Python(major=3, minor=99, free_threaded=free_threaded))
        assert (found.path, found.tag, found.build) == (
            str(there), "cpython-399", "3.99.1 (main)"
        )  # fmt: skip


@pytest.mark.parametrize(
    "changes", [None, {"version": [3, 98, 0]}, {"implementation": "graalpy"}]
)
def test_without_one_bytecode_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object] | None
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if changes is not None:
        program(tmp_path, "python3.99", **changes)

    with pytest.raises(
        TargetError, match=r"takes a CPython 3\.99, and none is at hand"
    ) as caught:
        compiling(Python(major=3, minor=99))
    assert "'python3.99' on the PATH" in caught.value.problems[0].advice


def test_bytecode_for_pypy_is_refused() -> None:
    with pytest.raises(TargetError, match=r"CPython alone, and the target has pypy3\.11"):
        compiling(Python(major=3, minor=11, implementation="pypy"))
