"""The README's two commands."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.docs.blocks import ROOT, blocks

if TYPE_CHECKING:
    from pathlib import Path


def _commands() -> tuple[str, str]:
    package, test = blocks(ROOT / "README.md", "sh")
    return package.strip(), test.strip()


def test_each_command_is_one_line() -> None:
    assert all("\n" not in command for command in _commands())


def test_ci_runs_the_readmes_test_command_word_for_word() -> None:
    _, test = _commands()

    assert f"\n{test}" in (ROOT / ".ci/run").read_text()


@pytest.mark.network
@pytest.mark.native("apt-get")  # a deb for this machine is made where debs are at home
@pytest.mark.timeout(600)
def test_the_first_command_installs_repackage_and_makes_a_deb(tmp_path: Path) -> None:
    package, _ = _commands()
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT, checkout, ignore=_not_in_a_checkout)
    environment = {**os.environ, "REPACKAGE_CACHE_DIR": str(tmp_path / "store")}
    environment.pop("PYTHONPATH", None)

    run = subprocess.run(
        ["bash", "-c", package],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr
    made = [path.name for path in (checkout / ".try/pagecheck/dist").glob("*.deb")]
    assert len(made) == 1
    assert made[0].startswith("pagecheck_1.0.0-0repackage1~")


def _not_in_a_checkout(directory: str, names: list[str]) -> set[str]:
    """Name what a fresh clone does not have."""
    at_top = directory == str(ROOT)
    return {
        name
        for name in names
        if name in {"dist", "_build", "_generated", "__pycache__", "uv.lock"}
        or (at_top and name.startswith("."))
    }
