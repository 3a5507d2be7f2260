"""From the lock to a machine and back: what apt installed is held to the lock, strictly."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.integration.roots import TOOLS
from tests.integration.test_deb_on_debian import INSTALL, deb_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application
    from tests.integration.roots import Machine

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.native(*TOOLS), pytest.mark.network]


def judged(machine: Machine, lock: Path, *options: str) -> str:
    """Judge the root of a machine, from outside of it."""
    command = [sys.executable, "-m", "repackage", "check", "--lock", str(lock), *options]
    return machine.examine(*command)


@pytest.mark.parametrize(
    ("name", "package"), [("compiled_service", "compiled-service"), ("workspace", "front-end")]
)
def test_an_installed_deb_is_held_to_its_lock_and_changes_are_noticed(
    name: str,
    package: str,
    built: Built,
    repackage: Repackage,
    bookworm: Machine,
    tmp_path: Path,
) -> None:
    application = built(name)
    deb = deb_of(repackage, application, tmp_path / "out")
    lock = application.project / "uv.lock"
    ledger = f"/usr/share/repackage/{package}/ledger.json"

    assert "0 of" in repackage("check", deb, "--lock", lock, "--policy", "locked")
    bookworm.run(f"{INSTALL} {bookworm.receive(deb)}")
    assert ledger in bookworm.run(f"dpkg -L {package}").split()

    clean = judged(bookworm, lock, "--policy", "locked")
    assert "status 0" in clean, clean
    assert "hash-unverifiable" not in clean

    site = f"/usr/lib/{package}/lib/python3.11/site-packages"
    record = bookworm.run(f"ls -d {site}/*.dist-info/RECORD").split()[0]
    bookworm.run(f"sed -i '$d' {record}")
    tampered = judged(bookworm, lock, "--policy", "locked")
    assert "status 1" in tampered
    assert "record-mismatch" in tampered

    bookworm.run(f"rm {ledger}")
    without = judged(bookworm, lock, "--policy", "locked", "--target", "debian-12")
    assert "status 1" in without
    assert "hash-unverifiable" in without

    bookworm.run(f"apt-get purge -q -y {package}")
    bookworm.run("test ! -e /usr/share/repackage")
