"""The text of expressions, compared with what is kept beside the tests.

``REPACKAGE_UPDATE_GOLDEN=1`` writes them anew: read the difference before committing it. The
digests of wheels depend on the library that compresses them, and are left out.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.formats.nix.locked import Locked

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parents[1] / "golden" / "nix"
FILES = ("package.nix", "default.nix", "flake.nix", "README.md")


def pure(directory: Path) -> Path:
    """An application in pure Python, for every system, which knows hostile words."""
    locked = Locked(directory)
    locked.depend("plain")
    locked.depend("private", source='{ directory = "private" }')
    locked.app(
        metadata=[
            "Summary: Says ${builtins.currentSystem} and ''quotes'' and \"more\\\"",
            "License-Expression: Apache-2.0 OR MIT",
            "Project-URL: Homepage, https://app.example/",
            "Project-URL: Release notes, https://app.example/news",
        ]
    )
    return locked.make()


def native(directory: Path) -> Path:
    """An application with a compiled dependency, which a system lacks, and every option."""
    locked = Locked(directory)
    locked.compiled("native", without="x86_64-darwin")
    locked.depend("plain")
    locked.depend("guarded")
    locked.app(
        scripts={"app": "app:main", "other": "app.other:main", "odd$one": "app:main"},
        files={
            "app/__init__.py": "",
            "app/__pycache__/x.cpython-311.pyc": b"",
            "app-1.0.data/scripts/scripted": "#!/usr/bin/env python3\n",
            "app-1.0.data/data/share/man/man1/app.1": "",
            "app-1.0.data/data/etc/app.conf": "",
        },
    )
    return locked.make(
        package="their-app",
        python="python3",
        vendor=("guarded",),
        wheel_url="https://files.example/app-1.0-py3-none-any.whl",
        build_inputs=("openssl", "cudaPackages.libcublas"),
        ignore_missing=("libcuda.so.1", "lib*.so"),
        scripts=("app", "odd$one"),
        main_program="app",
        description="Another description",
        homepage="https://their.example/",
        changelog="https://their.example/changes",
        license="LicenseRef-Their-Own",
        maintainers=("ada",),
    )


def lonely(directory: Path) -> Path:
    """An application without dependencies and commands, for one machine."""
    locked = Locked(directory, version="1!2.0")
    locked.app(scripts={}, tag="cp311-cp311-manylinux_2_17_aarch64")
    return locked.make(platform="manylinux_2_40_aarch64", build_inputs=("openssl",))


@pytest.mark.parametrize("make", [pure, native, lonely])
@pytest.mark.parametrize("file", FILES)
def test_the_text_is_what_was_reviewed(
    make: Callable[[Path], Path], file: str, tmp_path: Path
) -> None:
    text = (make(tmp_path) / file).read_text(encoding="utf-8")
    masked = re.sub(r"sha256-[A-Za-z0-9+/]{43}=", "sha256-…", text)
    golden = GOLDEN / make.__name__ / file
    if os.environ.get("REPACKAGE_UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(masked, encoding="utf-8")

    assert masked == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [pure, native, lonely])
def test_no_line_ends_in_blanks_nor_is_out_of_step(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    for file in make(tmp_path).glob("*.nix"):
        for line in file.read_text().splitlines():
            assert line == line.rstrip()
            assert (len(line) - len(line.lstrip())) % 2 == 0, line
