"""The order of tags is uv's: of each two neighbours uv takes the one that comes first here.

uv is asked with an interpreter that claims to be the target's, once for each target.
"""

from __future__ import annotations

import itertools
import os
import stat
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from uv import find_uv_bin

from repackage.target import Glibc, MacOS, Musl, Windows, free_target

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.target import Target

pytestmark = pytest.mark.slow

_SHIM = """\
#!{executable}
import json, subprocess, sys
done = subprocess.run([{executable!r}, *sys.argv[1:]], stdout=subprocess.PIPE)
try:
    answer = json.loads(done.stdout)
    answer["markers"].update({markers!r})
except (ValueError, KeyError, TypeError):
    sys.stdout.buffer.write(done.stdout)
else:
    answer.update({facts!r})
    print(json.dumps(answer))
sys.exit(done.returncode)
"""
_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64", "x86": "i686"}


def _system(target: Target) -> dict[str, object]:
    """What uv's probe calls the system."""
    match target.system:
        case Glibc(major=major, minor=minor):
            return {"name": "manylinux", "major": major, "minor": minor}
        case Musl(major=major, minor=minor):
            return {"name": "musllinux", "major": major, "minor": minor}
        case MacOS(major=major, minor=minor):
            return {"name": "macos", "major": major, "minor": minor}
        case Windows():
            return {"name": "windows"}


def _interpreter(target: Target, directory: Path) -> Path:
    facts = {
        "os": _system(target),
        "arch": _ARCHITECTURES.get(target.arch, target.arch),
        "gil_disabled": target.python.free_threaded,
    }
    shim = directory / "python"
    markers = dict(target.markers)
    shim.write_text(_SHIM.format(executable=sys.executable, markers=markers, facts=facts))
    shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
    return shim


def _wheel(directory: Path, name: str, tag: str) -> None:
    """Write the least that is a wheel; its ``WHEEL`` says which one it is."""
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        "WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{name}-1.dist-info/{file},,\n" for file in (*files, "RECORD"))
    with zipfile.ZipFile(directory / f"{name}-1-{tag}.whl", "w") as archive:
        for file, text in {**files, "RECORD": record}.items():
            archive.writestr(f"{name}-1.dist-info/{file}", text)


def _installed(target: Target, names: list[str], directory: Path) -> dict[str, str]:
    """The tag of each wheel that uv installs."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("UV_")}
    subprocess.run(
        [
            find_uv_bin(),
            *(
                "pip",
                "install",
                "--quiet",
                "--offline",
                "--no-config",
                "--no-index",
                "--no-deps",
            ),
            f"--find-links={directory / 'wheels'}",
            f"--target={directory / 'target'}",
            f"--python={_interpreter(target, directory)}",
            *names,
        ],
        check=True,
        env={**kept, "UV_CACHE_DIR": str(directory / "cache"), "HOME": str(directory)},
    )
    return {
        path.parent.name.partition("-")[0]: path.read_text().rpartition("Tag: ")[2].strip()
        for path in (directory / "target").glob("*.dist-info/WHEEL")
    }


@pytest.mark.parametrize(
    ("python", "platform"),
    [
        ("3.12", "manylinux_2_18_x86_64"),
        ("3.13t", "musllinux_1_2_aarch64"),
        ("3.14t", "win_arm64"),
        ("3.10", "win32"),
        ("3.12", "manylinux_2_40_riscv64"),
        ("3.11", "manylinux_2_40_loongarch64"),
        ("3.12", "macosx_11_0_arm64"),
        ("pypy3.10", "manylinux_2_28_aarch64"),
        ("pypy3.11", "win_amd64"),
    ],
)
def test_of_two_neighbours_uv_takes_the_first(
    python: str, platform: str, tmp_path: Path
) -> None:
    target = free_target(python=python, platform=platform)
    tags = list(map(str, target.tags))
    (tmp_path / "wheels").mkdir()
    for number, pair in enumerate(itertools.pairwise(tags)):
        for tag in pair:
            _wheel(tmp_path / "wheels", f"p{number}", tag)

    found = _installed(target, [f"p{number}" for number in range(len(tags) - 1)], tmp_path)

    assert found == {f"p{number}": tag for number, tag in enumerate(tags[:-1])}
