"""Small applications that are one file, made for the Python that runs the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import repackage_formats.pyz as form
from repackage.target import Python, distribution_target
from repackage.testing import EPOCH, example_plan, tree_of
from repackage.tree import Entry, inline_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from repackage.format import Plan

#: Tells where it runs from, with what, and what its metadata say.
MAIN = """
import os, sys
import example.deep.inside
import space.one

def main():
    from importlib.metadata import version
    os.chdir("/")
    import example.late
    print(os.path.dirname(os.path.dirname(__file__)))
    print(sys.argv[1:], version("example"), example.late.X)
    return 7
"""
FILES = {
    "example/__init__.py": MAIN,
    "example/late.py": "X = 'late'\n",
    "example/deep/inside.py": "",
    "space/one.py": "",  # a namespace package (PEP 420)
    "example-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: example\nVersion: 1.0\n",
    "example-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
}


def planned(options: form.Options | None = None, *, minor: int = 0) -> Plan[form.Options]:
    """Plan the example for this machine, and for this Python unless another one is given."""
    plan = example_plan(form, options)
    target = distribution_target("debian-12", arch=os.uname().machine)
    python = Python(major=3, minor=minor or sys.version_info.minor)
    return replace(plan, target=replace(target, python=python))


def entries(files: Mapping[str, str | bytes]) -> list[Entry]:
    """Make files."""
    return [
        inline_file(path, data if isinstance(data, bytes) else data.encode(), mtime=EPOCH)
        for path, data in files.items()
    ]


def made(
    directory: Path,
    options: form.Options | None = None,
    *,
    files: Mapping[str, str | bytes] | None = None,
    minor: int = 0,
) -> Path:
    """Make the example, with these files beside its own."""
    out = directory / "app.pyz"
    tree = tree_of(*entries({**FILES, **(files or {})}))
    form.emit(planned(options, minor=minor), tree, out)
    return out


def started(
    app: Path, *arguments: str, cache: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Start it with this Python, and little of the environment."""
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment}
    if cache is not None:
        variables["REPACKAGE_PYZ_ROOT"] = str(cache)
    return subprocess.run(
        [sys.executable, str(app), *arguments],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
