from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.tags import parse_tag

from repackage.source import Interpreter
from repackage.source._interpreter import interpreter_for, is_pure, probed
from repackage.target import Python, free_target

if TYPE_CHECKING:
    from pathlib import Path

HERE = Interpreter(
    path="python3.12",
    implementation="cpython",
    version=(3, 12, 4),
    free_threaded=False,
    platform="linux-x86_64",
    libc=("glibc", "2.31"),
    soabi="cpython-312-x86_64-linux-gnu",
)


def test_the_running_interpreter_is_found_by_its_version() -> None:
    running = Python(major=sys.version_info[0], minor=sys.version_info[1])

    assert interpreter_for(running).version == sys.version_info[:3]


def test_one_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "python3.99"
    program.write_text(
        "#!/bin/sh\necho '"
        f'{{"executable": "{program}", '
        '"implementation": "cpython", "version": [3, 99, 0], "free_threaded": false,'
        ' "platform": "linux-x86_64", "libc": ["glibc", "2.31"], "soabi": "", "build": "3.99.0"}'
        "'\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    interpreter_for.cache_clear()

    assert interpreter_for(Python(major=3, minor=99)).path == str(program)
    assert interpreter_for(Python(major=3, minor=98)).path == sys.executable
    interpreter_for.cache_clear()


def test_a_shim_is_asked_once_and_what_it_starts_is_taken(tmp_path: Path) -> None:
    shim = tmp_path / "python"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    shim.chmod(0o755)

    found = probed(str(shim))

    assert found is not None
    assert found.path == sys.executable


@pytest.mark.parametrize("text", ["exit 1", "echo", "echo '{}'", "echo '[]'"])
def test_what_does_not_answer_is_no_interpreter(tmp_path: Path, text: str) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)

    assert probed(str(program)) is None
    assert probed(str(tmp_path / "gone")) is None


@pytest.mark.parametrize(
    ("python", "platform", "changes", "builds"),
    [
        ("3.12", "manylinux_2_31_x86_64", {}, True),
        ("3.12", "manylinux_2_36_x86_64", {}, True),
        ("3.12", "manylinux_2_28_x86_64", {}, False),
        ("3.11", "manylinux_2_31_x86_64", {}, False),
        ("3.12", "manylinux_2_31_aarch64", {}, False),
        ("3.12", "musllinux_1_2_x86_64", {}, False),
        ("3.12", "macosx_13_0_arm64", {}, False),
        ("3.12", "win_amd64", {}, False),
        ("3.13t", "manylinux_2_31_x86_64", {"version": (3, 13, 0)}, False),
        (
            "3.13t",
            "manylinux_2_31_x86_64",
            {"version": (3, 13, 0), "free_threaded": True},
            True,
        ),
        ("3.12", "manylinux_2_31_x86_64", {"libc": ("", "")}, False),
        ("3.12", "manylinux_2_31_x86_64", {"libc": ("glibc", "2.x")}, False),
        (
            "3.12",
            "musllinux_1_2_x86_64",
            {"libc": ("", ""), "soabi": "cpython-312-x86_64-linux-musl"},
            True,
        ),
    ],
)
def test_machine_code_is_built_for_machines_like_this_one_only(
    python: str,
    platform: str,
    changes: dict[str, object],
    builds: bool,  # noqa: FBT001 - a parameter
) -> None:
    target = free_target(python=python, platform=platform)

    assert replace(HERE, **changes).builds_for(target) is builds  # type: ignore[arg-type]  # fields


@pytest.mark.parametrize(
    ("tag", "pure"),
    [
        ("py3-none-any", True),
        ("py2.py3-none-any", True),
        ("cp312-cp312-linux_x86_64", False),
        ("py3-none-linux_x86_64", False),
        ("cp312-abi3-any", False),
    ],
)
def test_pure_is_what_names_no_machine(tag: str, pure: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_pure(parse_tag(tag)) is pure
