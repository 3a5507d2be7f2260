"""An rpm's whole life under rpm 4.16, which EL 9 has: installed, run, upgraded, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.formats.rpm.made import facts, written
from tests.formats.rpm.test_pieces import deflated, tree
from tests.integration.roots import TOOLS, Machine, debian_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.native(*TOOLS), pytest.mark.network]

#: Debian's packages are not in rpm's database, so nothing that is required is there.
RPM = "rpm --dbpath /var/lib/rpm --noplugins"
CONFIGURATION = "/etc/old-and-new/main.conf"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Debian 11 has the rpm of EL 9, a Python that EL 8 has, and a C library between both."""
    scratch = tmp_path_factory.mktemp("old") / "machine"
    made = Machine(root=debian_root("bullseye"), scratch=scratch)
    made.run("apt-get install -q -y --no-install-recommends rpm python3 >/dev/null 2>&1")
    return made


def rpm_of(repackage: Repackage, application: Application, out: Path, release: str) -> Path:
    repackage(
        "-f", "rpm", application.wheel, "--target", "el8", "--python", "3.9",
        "--arch", "x86_64", "--out-dir", out, "-C", f"rpm.release={release}", "-C", "rpm.scriptlets.preun=echo goodbye $1",
    )  # fmt: skip
    (artifact,) = out.glob("*.rpm")
    return artifact


def test_an_application_is_installed_run_upgraded_and_erased_without_a_trace(
    built: Built, repackage: Repackage, machine: Machine, tmp_path: Path
) -> None:
    first = rpm_of(repackage, built("old_and_new"), tmp_path / "1", "1.el8")
    second = rpm_of(repackage, built("old_and_new"), tmp_path / "2", "2.el8")
    assert "4.16" in machine.run("rpm --version")
    before = machine.files()

    machine.run(f"{RPM} -K {machine.receive(first)}")
    machine.run(f"{RPM} -i --nodeps {machine.receive(first)}")
    assert machine.run("old-and-new") == "a 3.9 0\n"
    assert machine.run("old-and-new", user=1000) == "a 3.9 1000\n"
    assert machine.run(f"{RPM} -V --nodeps old-and-new 2>&1 | grep -v '^rpm:' || :") == ""
    site = "/usr/lib/old-and-new/lib/python3.9/site-packages"
    machine.run(f"test -s {site}/old_and_new/__pycache__/__init__.cpython-39.pyc")
    machine.run(f"echo as = ours >> {CONFIGURATION}")

    said = machine.run(f"{RPM} -U --nodeps {machine.receive(second)}")
    assert "goodbye 1" in said
    assert machine.run("old-and-new") == "a 3.9 0\n"
    assert "as = ours" in machine.run(f"cat {CONFIGURATION}")

    machine.run(f"{RPM} -e --nodeps old-and-new")
    left = {
        path
        for path in machine.files() - before
        if not path.endswith(".rpm") and not path.startswith("/var/lib/rpm/")
    }
    assert left == {"/etc/old-and-new", f"{CONFIGURATION}.rpmsave"}


@pytest.mark.parametrize("compression", ["gzip", "xz", "zstd"])
def test_a_payload_of_many_parts_is_unpacked_whole(
    compression: str, machine: Machine, tmp_path: Path
) -> None:
    """``rpm -K`` does not notice a payload whose reader stops after the first part."""
    decided = facts(tree(), compression=compression)
    package = machine.receive(written(tmp_path, decided, jobs=2))

    machine.run(f"{RPM} -i --nodeps {package}")
    verified = machine.run(f"{RPM} -V --nodeps demo 2>&1 | grep -v '^rpm:' || :")
    assert verified == ""
    for file in decided.tree.files:
        said = machine.run(f"sha256sum < '/{file.path}'")
        assert said.startswith(file.digests.sha256)
    machine.run(f"{RPM} -e --nodeps demo")


def test_what_wheels_have_deflated_is_unpacked_whole(machine: Machine, tmp_path: Path) -> None:
    decided = facts(deflated(), compression="gzip")
    package = machine.receive(written(tmp_path, decided, copying=True))

    machine.run(f"{RPM} -i --nodeps {package}")
    for file in decided.tree.files:
        said = machine.run(f"sha256sum < '/{file.path}'")
        assert said.startswith(file.digests.sha256)
    machine.run(f"{RPM} -e --nodeps demo")
