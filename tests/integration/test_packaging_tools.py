"""What Debian's own quality tools say of our debs."""

from __future__ import annotations

import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.integration.roots import TOOLS, debian_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = pytest.mark.network

APPLICATIONS = ["pure_command", "compiled_service", "workspace", "tox_itself"]


@pytest.fixture(params=APPLICATIONS)
def deb(
    request: pytest.FixtureRequest, built: Built, repackage: Repackage, tmp_path: Path
) -> Path:
    """A deb for Debian 12 of each application."""
    application = built(request.param)
    repackage("-f", "deb", application.wheel, "--target", "debian-12", "--out-dir", tmp_path)
    (artifact,) = tmp_path.glob("*.deb")
    return artifact


@pytest.mark.native("lintian")
def test_lintian_has_no_error_and_no_warning(deb: Path) -> None:
    done = subprocess.run(
        ["lintian", "--fail-on=error,warning", "--allow-root", str(deb)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.native("dpkg-deb")
def test_every_override_has_a_reason_in_the_file(deb: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", str(deb), str(tmp_path / "unpacked")], check=True)

    for overrides in (tmp_path / "unpacked/usr/share/lintian/overrides").glob("*"):
        lines = overrides.read_text().splitlines()
        for before, line in zip(["", *lines], lines, strict=False):
            if line and not line.startswith("#"):
                assert before.startswith("#"), f"{line!r} has no reason above it"


@pytest.mark.native("piuparts", *TOOLS)
@pytest.mark.parametrize("name", ["pure_command", "compiled_service"])
def test_piuparts_passes(name: str, built: Built, repackage: Repackage, tmp_path: Path) -> None:
    application = built(name)
    repackage("-f", "deb", application.wheel, "--target", "debian-12", "--out-dir", tmp_path)
    (artifact,) = tmp_path.glob("*.deb")
    base = tmp_path / "base.tar.gz"
    with tarfile.open(base, "w:gz", compresslevel=1) as archive:
        archive.add(debian_root("bookworm"), arcname=".")

    done = subprocess.run(
        [
            "piuparts", "--distribution=bookworm", f"--basetgz={base}", "--no-eatmydata",
            "--warn-on-leftovers-after-purge", str(artifact),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-4000:]
    assert "PASS: All tests." in done.stdout
