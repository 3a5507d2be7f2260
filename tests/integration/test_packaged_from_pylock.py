"""Artifacts from locks without a graph, as uv and pip write them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from uv import find_uv_bin

from repackage.lock import LockedFile, read_lock
from repackage.resolve import Selection, resolve
from repackage.target import free_target
from repackage.wheel import read_wheel
from tests.integration.applications import uv
from tests.integration.roots import TOOLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application
    from tests.integration.roots import Machine

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.network, pytest.mark.slow]

MACHINE = ("--target", "debian-12", "--arch", "x86_64")


def exported(application: Application, *arguments: str) -> Path:
    """What uv makes of its lock, beside it."""
    path = application.project / "pylock.toml"
    uv(
        "export", "--frozen", "--format=pylock.toml", f"--output-file={path}", *arguments,
        directory=application.project,
    )  # fmt: skip
    return path


def planned(repackage: Repackage, application: Application, lock: Path) -> dict[str, object]:
    """Names, and the file of each."""
    said = json.loads(
        repackage("plan", "--json", "-f", "tar", application.wheel, "--lock", lock, *MACHINE)
    )
    # who required what, only the lock with a graph tells
    return {pin["name"]: {**pin, "required_by": None} for pin in said["pins"]}


@pytest.mark.native(*TOOLS)
def test_a_deb_is_built_from_an_export_installed_and_run(
    built: Built, repackage: Repackage, bookworm: Machine, tmp_path: Path
) -> None:
    application = built("pure_command")
    lock = exported(application, "--no-dev")

    repackage(
        "--format", "deb", application.wheel, "--lock", lock, *MACHINE, "--out-dir", tmp_path
    )

    (deb,) = tmp_path.glob("*.deb")
    bookworm.run(f"apt-get install -q -y --no-install-recommends {bookworm.receive(deb)}")
    assert bookworm.run("pure-command") == "hello 0 httpx\n/usr/lib/pure-command\n"
    report = json.loads(
        repackage("check", deb, "--lock", lock, *MACHINE, "--policy", "locked", "--json")
    )
    graph = json.loads(
        repackage(
            "check", deb, "--lock", application.lock, *MACHINE, "--policy", "locked", "--json"
        )
    )
    assert report["findings"]
    assert {found["verdict"] for found in report["findings"]} == {"satisfied", "member"}
    assert {found["name"]: found["verdict"] for found in report["findings"]} == {
        found["name"]: found["verdict"] for found in graph["findings"]
    }


@pytest.mark.parametrize("name", ["pure_command", "compiled_service", "old_and_new"])
def test_a_plan_from_an_export_is_that_of_the_lock(
    name: str, built: Built, repackage: Repackage
) -> None:
    application = built(name)

    listed = planned(repackage, application, exported(application, "--no-dev"))

    assert listed
    assert listed == planned(repackage, application, application.lock)


@pytest.fixture(scope="module")
def pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pip that can lock."""
    place = tmp_path_factory.mktemp("pip") / "venv"
    environment = {key: each for key, each in os.environ.items() if not key.startswith("UV_")}
    for command in (
        ["venv", "--python", sys.executable, str(place)],
        ["pip", "install", "--python", str(place / "bin/python"), "pip>=25.1"],
    ):
        subprocess.run([find_uv_bin(), *command], check=True, env=environment)
    return place / "bin/pip"


@pytest.mark.parametrize("name", ["pure_command", "compiled_service"])
def test_what_pip_locks_is_what_is_taken(
    name: str, built: Built, pip: Path, tmp_path: Path
) -> None:
    wheel = read_wheel(built(name).wheel)
    path = tmp_path / "pylock.toml"
    subprocess.run([pip, "lock", "-q", wheel.path, "-o", path], check=True, cwd=tmp_path)
    lock = read_lock(path)
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    target = free_target(python=here, platform="manylinux_2_36_x86_64")

    closure = resolve(wheel, lock, target, Selection())

    assert lock.created_by == "pip"
    assert closure.stale == ()
    files = {
        pin.artifact.filename for pin in closure.pins if isinstance(pin.artifact, LockedFile)
    }
    listed = {file.filename for package in lock.packages for file in package.wheels}
    assert files == listed - {wheel.filename}
    assert len(files) == len(closure.pins) > 2


def test_a_tarball_is_built_from_what_pip_locks(
    built: Built, pip: Path, repackage: Repackage, tmp_path: Path
) -> None:
    wheel = built("pure_command").wheel
    path = tmp_path / "pylock.web.toml"
    subprocess.run([pip, "lock", "-q", wheel, "-o", path], check=True, cwd=tmp_path)
    machine = ("--python", f"3.{sys.version_info.minor}", "--platform", "manylinux_2_36_x86_64")

    repackage("-f", "tar", wheel, "--lock", path, *machine, "--out-dir", tmp_path)

    (tarball,) = tmp_path.glob("*.tar.gz")
    report = json.loads(repackage("check", tarball, "--lock", path, *machine, "--json"))
    assert {found["verdict"] for found in report["findings"]} <= {"satisfied", "member"}
