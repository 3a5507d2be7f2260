"""The tarball: unpacked over a root it is an application; flat, it runs anywhere."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.integration.roots import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application
    from tests.integration.roots import Machine

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = pytest.mark.network

HERE = ("--python", f"3.{sys.version_info.minor}", "--platform", "manylinux_2_35_x86_64")


@pytest.mark.native(*TOOLS, "tar")
def test_the_app_layout_unpacked_over_another_root_runs(
    built: Built, repackage: Repackage, bookworm: Machine, tmp_path: Path
) -> None:
    application = built("compiled_service")
    repackage("-f", "tar", application.wheel, "--target", "debian-12", "--out-dir", tmp_path)
    (tarball,) = tmp_path.glob("*.tar.gz")
    bookworm.run("apt-get install -q -y --no-install-recommends python3.11")

    bookworm.run(f"tar -C / -xf {bookworm.receive(tarball)}")

    assert bookworm.run("compiled-service", user=1000) == "1 b\n"


@pytest.mark.parametrize("name", ["pure_command", "compiled_service", "workspace"])
def test_the_flat_layout_runs_from_pythonpath_in_any_directory(
    name: str, built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    application = built(name)
    repackage(
        "-f", "tar", application.wheel, *HERE, "-C", "tar.layout=flat", "--out-dir", tmp_path
    )
    (tarball,) = tmp_path.glob("*.tar.gz")
    module = application.wheel.name.partition("-")[0]

    outputs = set()
    for place in ("here", "moved and renamed"):
        (tmp_path / place).mkdir()
        subprocess.run(["tar", "-C", tmp_path / place, "-xf", tarball], check=True)
        done = subprocess.run(
            [sys.executable, "-S", "-c", f"import {module}; {module}.main()"],
            env={"PYTHONPATH": str(tmp_path / place), "LC_ALL": "C.UTF-8"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        outputs.add(done.stdout.splitlines()[0])
    assert len(outputs) == 1


def test_the_stage_directory_is_the_tree_of_the_artifact(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    application = built("workspace")
    repackage(
        "-f", "tar", application.wheel, *HERE, "--out-dir", tmp_path,
        "--stage-dir", tmp_path / "root",
    )  # fmt: skip
    (tarball,) = tmp_path.glob("*.tar.gz")

    staged = {
        path.relative_to(tmp_path / "root").as_posix()
        for path in (tmp_path / "root").rglob("*")
    }
    with tarfile.open(tarball) as archive:
        assert {name.removeprefix("./") for name in archive.getnames()} - {"", "."} == staged
