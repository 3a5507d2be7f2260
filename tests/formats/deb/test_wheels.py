"""What real wheels need; the versions agree with what readelf shows of the same files."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from repackage.elf import scan, starts_like_elf
from repackage.target import Glibc
from repackage.testing import EPOCH, tree_of
from repackage.tree import inline_file
from repackage_formats.deb._libraries import dependencies, provided

if TYPE_CHECKING:
    from pathlib import Path

PLATFORMS = ("2_34", "2_28", "2_27", "2_26", "2_17")
GOLDEN = {
    "cffi==2.1.1": ("libc6 (>= 2.14)",),
    "cryptography==50.0.2": ("libc6 (>= 2.34)", "libgcc-s1 (>= 4.2.0)"),
    "lxml==6.1.3": ("libc6 (>= 2.25)",),
    "numpy==2.4.6": (
        "libc6 (>= 2.27)",
        "libgcc-s1 (>= 4.8.0)",
        "libstdc++6 (>= 5.2)",
        "zlib1g",
    ),
    "pillow==13.0.0": (
        "libc6 (>= 2.27)",
        "libgcc-s1",  # libavif needs both without a version: readelf -V has none
        "libstdc++6",
        "zlib1g (>= 1:1.2.3.4)",
    ),
    "psycopg2-binary==2.9.13": ("libc6 (>= 2.17)", "zlib1g"),
}


def download(requirement: str, directory: Path) -> Path:
    platforms = [f"--platform=manylinux_{each}_x86_64" for each in PLATFORMS]
    subprocess.run(
        [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
            "--only-binary=:all:", "--python-version=3.11", *platforms,
            "--platform=manylinux2014_x86_64", f"--dest={directory}", requirement,
        ],
        check=True,
    )  # fmt: skip
    (wheel,) = directory.glob("*.whl")
    return wheel


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize(("requirement", "relations"), GOLDEN.items())
def test_the_libraries_of_real_wheels_are_found(
    requirement: str, relations: tuple[str, ...], tmp_path: Path
) -> None:
    with zipfile.ZipFile(download(requirement, tmp_path)) as wheel:
        tree = tree_of(
            *(
                inline_file(info.filename, wheel.read(info), mtime=EPOCH)
                for info in wheel.infolist()
                if not info.is_dir()
            )
        )
    elves = scan(file for file in tree.files if starts_like_elf(file))
    own = provided(tree, elves)
    system = Glibc(major=2, minor=36)

    assert dependencies(elves, provided=own, libraries={}, system=system) == relations
