"""Debs for the Debians before and after: an older and a newer dpkg, apt and Python."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from repackage_formats.deb import Options
from tests.formats.deb.debs import emitted, planned
from tests.formats.deb.test_one_stream import deflated
from tests.integration.roots import TOOLS, Machine, debian_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.native(*TOOLS), pytest.mark.network]

INSTALL = "apt-get install -q -y"
#: A target, the name of its Debian, its Python, and what the deb is packed with.
RELEASES = [
    pytest.param("debian-11", "bullseye", "3.9", "xz", id="debian-11"),
    pytest.param("debian-13", "trixie", "3.13", "zst", id="debian-13"),
]
CONFIGURATION = "/etc/old-and-new/main.conf"


@pytest.mark.parametrize(("target", "suite", "python", "codec"), RELEASES)
@pytest.mark.parametrize("scripts", [True, False], ids=["bytecode", "no-scripts"])
def test_a_deb_is_installed_run_and_purged_on_another_release(
    target: str,
    suite: str,
    python: str,
    codec: str,
    scripts: bool,  # noqa: FBT001 - a parameter of the test
    built: Built,
    repackage: Repackage,
    tmp_path: Path,
) -> None:
    repackage(
        "-f", "deb", built("old_and_new").wheel, "--target", target, "--arch", "x86_64",
        "--out-dir", tmp_path, "-C", f"deb.compression={codec}", "-C", "deb.level=1",
        "-C", f"deb.compile={str(scripts).lower()}",
    )  # fmt: skip
    (deb,) = tmp_path.glob("*.deb")
    machine = Machine(root=debian_root(suite), scratch=tmp_path / "machine")

    machine.run(f"{INSTALL} .{machine.receive(deb)}")
    listed = set(machine.run("dpkg -L old-and-new").splitlines()) - {"/."}
    entries = json.loads(repackage("inspect", deb, "--json"))["entries"]
    assert listed == {f"/{entry['path']}" for entry in entries}
    assert machine.run("dpkg -V old-and-new") == ""

    assert machine.run("old-and-new", user=1000) == f"a {python} 1000\n"
    assert machine.run("old-and-new") == f"a {python} 0\n"

    machine.run("apt-get purge -q -y old-and-new")
    left = machine.run("find / -xdev -type f -path '*old-and-new/*'").splitlines()
    # without scripts nobody removes what root's run compiled
    assert bool(left) is not scripts
    assert [path for path in left if not path.endswith(".pyc")] == []


def test_an_edited_conffile_survives_upgrade_and_removal_but_not_purge(
    built: Built, repackage: Repackage, bookworm: Machine, tmp_path: Path
) -> None:
    """Policy 10.7: what an administrator wrote is kept, also if the package's changes."""
    application = built("old_and_new")
    for revision in ("1", "2"):
        repackage(
            "-f", "deb", application.wheel, "--target", "debian-12", "--arch", "x86_64",
            "--out-dir", tmp_path, "-C", "deb.compression=gz", "-C", f"deb.revision={revision}",
        )  # fmt: skip
    first, second = sorted(tmp_path.glob("*.deb"))
    bookworm.run(f"{INSTALL} .{bookworm.receive(first)}")
    bookworm.run(f"echo 'as = edited' >> {CONFIGURATION}")

    assert bookworm.run("dpkg -V old-and-new", check=False) == f"??5?????? c {CONFIGURATION}\n"
    bookworm.run(f"{INSTALL} .{bookworm.receive(second)}")
    assert bookworm.run("dpkg-query -W -f '${Version}' old-and-new") == "1.0.0-2"
    assert bookworm.run(f"tail -1 {CONFIGURATION}") == "as = edited\n"

    bookworm.run("apt-get remove -q -y old-and-new")
    assert bookworm.run("ls -R /etc/old-and-new") == "/etc/old-and-new:\nmain.conf\n"
    bookworm.run("test ! -e /usr/lib/old-and-new")

    bookworm.run("apt-get purge -q -y old-and-new")
    bookworm.run("test ! -e /etc/old-and-new")


@pytest.mark.parametrize("suite", ["bullseye", "bookworm", "trixie", "sid"])
def test_every_dpkg_installs_all_of_what_wheels_have_deflated(
    suite: str, tmp_path: Path
) -> None:
    """Of a payload whose reader stopped after the first member, dpkg would say nothing."""
    tree = deflated()
    deb = emitted(tmp_path, planned(Options(compression="gz")), tree)
    machine = Machine(root=debian_root(suite), scratch=tmp_path / "machine")

    machine.run(f"dpkg --force-depends --force-bad-path --unpack {machine.receive(deb)}")
    for file in tree.files:
        assert machine.run(f"sha256sum < '/{file.path}'").startswith(file.digests.sha256)
