"""An application whose dependencies are packages of Debian's archive, as apt resolves them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from repackage_formats.deb._profiles import profile
from tests.integration.roots import TOOLS, Machine, debian_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.native(*TOOLS), pytest.mark.network]

INSTALL = "apt-get install -q -y --no-install-recommends"
SITE = "/usr/lib/python3/dist-packages"
TOO_NEW = ">=3.7"  # Debian 12 has 3.3
RANGE = ("--policy", "range", "--name", "system-command", "--target", "debian-12")


def deb_of(repackage: Repackage, application: Application, out: Path, *options: str) -> Path:
    """Make a deb for Debian 12; what the wheel needs is left to the system."""
    repackage(
        "--format", "deb", application.wheel, "--target", "debian-12", "--arch", "x86_64",
        "--out-dir", out, "-C", "deb.layout=system", "--offline", *options,
    )  # fmt: skip
    (deb,) = out.glob("*.deb")
    return deb


def judged(machine: Machine, application: Application) -> dict[str, str]:
    """Judge the root of a machine: verdicts by distribution, and the exit status."""
    command = [sys.executable, "-m", "repackage", "check", "--lock", str(application.lock)]
    text = machine.examine(*command, *RANGE, "--arch", "x86_64", "--json")
    report, _, status = text.rpartition("status ")
    findings = json.loads(report)["findings"]
    found = {each["name"]: each["verdict"] for each in findings}
    return {**found, "status": status.strip()}


def test_apt_brings_what_is_needed_the_command_runs_and_nothing_is_left(
    built: Built, repackage: Repackage, bookworm: Machine, tmp_path: Path
) -> None:
    application = built("system_command")
    deb = deb_of(repackage, application, tmp_path / "out")
    before = bookworm.files()

    bookworm.run(f"{INSTALL} {bookworm.receive(deb)}")
    for user in (0, 1000):
        assert bookworm.run("system-command", user=user) == "/usr [1] a.example\n"
    assert bookworm.run("dpkg -V system-command") == ""
    assert bookworm.run("dpkg -S $(readlink -f $(which system-command))").startswith("system-c")
    bookworm.run(f"test -e {SITE}/system_command/__pycache__/__init__.cpython-311.pyc")
    found = judged(bookworm, application)
    assert {found[name] for name in ("click", "pyyaml", "lockfile", "idna")} == {
        "satisfied-external"
    }
    assert found["status"] == "0"

    bookworm.run("apt-get purge -q -y system-command")
    assert bookworm.run("find / -xdev -path '*system[-_]command*' ! -path '/system-c*'") == ""
    bookworm.run("apt-get autoremove -q -y --purge")
    assert {path for path in bookworm.files() - before if not path.endswith(".deb")} == set()


def test_apt_refuses_what_debian_has_too_old_and_the_check_says_so(
    built: Built, repackage: Repackage, bookworm: Machine, tmp_path: Path
) -> None:
    application = built("system_command", idna=TOO_NEW)
    deb = bookworm.receive(deb_of(repackage, application, tmp_path / "out"))
    refused = bookworm.run(f"{INSTALL} {deb} || echo refused", check=False)

    assert "Depends: python3-idna (>= 3.7)" in refused
    assert refused.endswith("refused\n")

    bookworm.run(f"{INSTALL} python3 python3-click python3-yaml python3-lockfile python3-idna")
    bookworm.run(f"dpkg --force-depends -i {deb}")
    found = judged(bookworm, application)
    assert (found["idna"], found["click"]) == ("external-out-of-range", "satisfied-external")
    assert found["status"] == "1"


def test_the_package_itself_is_checked_for_what_it_holds(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    application = built("system_command")
    deb = deb_of(repackage, application, tmp_path / "out")
    report = json.loads(
        repackage("check", deb, "--lock", application.lock, "--policy", "range", "--json")
    )
    found = {each["name"]: (each["verdict"], each["severity"]) for each in report["findings"]}

    assert found["click"] == found["pyyaml"] == ("missing", "note")
    assert found["system-command"] == ("member", "ok")


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_names_and_epochs_are_those_of_the_archive(suite: str, tmp_path: Path) -> None:
    known = profile("distributions")
    asked = " ".join(sorted({*known["names"].values(), *known["epochs"]}))
    machine = Machine(root=debian_root(suite), scratch=tmp_path / "machine")
    told = machine.run(f"apt-cache show --no-all-versions {asked}", check=False)
    versions = dict(re.findall(r"^Package: (.+)\n(?:.+\n)*?Version: (.+)$", told, re.MULTILINE))
    epochs = {
        name: int(version.partition(":")[0]) if ":" in version else 0
        for name, version in versions.items()
    }

    assert set(known["names"].values()) <= versions.keys()
    assert {name: known["epochs"].get(name, 0) for name in epochs} == epochs
    assert len(epochs) > 100


@pytest.mark.native("lintian")
def test_lintian_has_no_error_and_no_warning(
    built: Built, repackage: Repackage, tmp_path: Path
) -> None:
    deb = deb_of(repackage, built("system_command"), tmp_path / "out")
    done = subprocess.run(
        ["lintian", "--fail-on=error,warning", "--allow-root", str(deb)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
