"""The tutorial, and how-to guides that begin like it, executed word for word in one shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, matches, steps

TUTORIALS = [
    *sorted((ROOT / "docs/tutorial").glob("*.md")),
    ROOT / "docs/how-to/check-an-installation.md",
    ROOT / "docs/how-to/package-a-workspace.md",
    ROOT / "docs/how-to/why-is-this-package-in-here.md",
]

#: Printed after each command, so that outputs can be told apart.
_MARK = "<<< {number} {status}"


@pytest.mark.network
@pytest.mark.native("dpkg-deb")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_tutorial_does_what_it_shows(page: Path, tmp_path: Path) -> None:
    example = tmp_path / "repackage/examples"
    shutil.copytree(
        ROOT / "examples", example, ignore=shutil.ignore_patterns("dist", "uv.lock")
    )
    expected = steps(page)
    script = "".join(
        f'{step.command}\necho "{_MARK.format(number=number, status="$?")}"\n'
        for number, step in enumerate(expected)
    )

    run = subprocess.run(
        ["bash"],
        input=script,
        cwd=tmp_path,
        env=_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    rest = run.stdout
    for number, step in enumerate(expected):
        mark = _MARK.format(number=number, status=0)
        output, found, rest = rest.partition(f"{mark}\n")
        assert found, f"$ {step.command}\n{output}\n{run.stderr}"
        assert matches(step.output, output), f"$ {step.command}\n{output}"


def _environment(home: Path) -> dict[str, str]:
    """This machine's settings for package indexes, our programs, nobody's configuration."""
    programs = Path(sys.executable).parent
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("UV_", "PIP_", "SSL_")) or name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "HOME": os.environ.get("HOME", str(home)),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "REPACKAGE_CACHE_DIR": str(home / "store"),
        "UV_PYTHON": sys.executable,
        "LC_ALL": "C.UTF-8",
    }
