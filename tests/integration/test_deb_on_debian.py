"""A deb's whole life on Debian 12: installed by apt, run, upgraded, purged."""

from __future__ import annotations

import json
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

pytestmark = [pytest.mark.native(*TOOLS), pytest.mark.network]

INSTALL = "apt-get install -q -y --no-install-recommends"


def deb_of(repackage: Repackage, application: Application, out: Path) -> Path:
    """Make a deb for Debian 12 on x86-64."""
    repackage(
        "--format", "deb", application.wheel, "--target", "debian-12", "--arch", "x86_64",
        "--out-dir", out,
    )  # fmt: skip
    (deb,) = out.glob("*.deb")
    return deb


def test_a_pure_command_is_installed_run_upgraded_and_purged_without_a_trace(
    built: Built, repackage: Repackage, bookworm: Machine, tmp_path: Path
) -> None:
    first = deb_of(repackage, built("pure_command"), tmp_path / "1.0")
    second = deb_of(repackage, built("pure_command", version="1.1"), tmp_path / "1.1")
    before = bookworm.files()

    bookworm.run(f"{INSTALL} {bookworm.receive(first)}")
    expected = "{greeting} {uid} httpx\n/usr/lib/pure-command\n"
    assert bookworm.run("pure-command") == expected.format(greeting="hello", uid=0)
    assert bookworm.run("pure-command", user=1000) == expected.format(
        greeting="hello", uid=1000
    )
    assert bookworm.run("dpkg -V pure-command") == ""
    bookworm.run("test -e /usr/lib/pure-command/lib/python3.11/site-packages/slugify")

    bookworm.run(f"{INSTALL} {bookworm.receive(second)}")
    assert bookworm.run("pure-command") == expected.format(greeting="bonjour", uid=0)
    assert bookworm.run("dpkg -V pure-command") == ""
    gone = ("slugify", "pure_command/old.py", "pure_command/__pycache__/old.cpython-311.pyc")
    for path in gone:
        bookworm.run(f"test ! -e /usr/lib/pure-command/lib/python3.11/site-packages/{path}")

    bookworm.run("apt-get purge -q -y pure-command")
    assert bookworm.run("find / -xdev -path '*pure[-_]command*' ! -path '/pure-command*'") == ""
    bookworm.run("apt-get autoremove -q -y --purge")
    assert {path for path in bookworm.files() - before if not path.endswith(".deb")} == set()


@pytest.mark.parametrize(
    ("name", "command", "says"),
    [
        ("compiled_service", "compiled-service", "1 b\n"),
        ("workspace", "front-end", "from a member\n"),
        ("tox_itself", "tox --version", "4.30.2 from /usr/lib/tox/"),
    ],
)
def test_applications_run_for_everybody_and_leave_nothing(
    name: str,
    command: str,
    says: str,
    built: Built,
    repackage: Repackage,
    bookworm: Machine,
    tmp_path: Path,
) -> None:
    deb = deb_of(repackage, built(name), tmp_path / "out")
    before = bookworm.files()
    bookworm.run(f"{INSTALL} {bookworm.receive(deb)}")
    package = deb.name.partition("_")[0]

    assert says in bookworm.run(command)
    assert says in bookworm.run(command, user=1000)
    assert bookworm.run(f"dpkg -V {package}") == ""

    bookworm.run(f"apt-get purge -q -y {package} && apt-get autoremove -q -y --purge")
    assert {path for path in bookworm.files() - before if not path.endswith(".deb")} == set()


def test_dpkg_lists_exactly_what_the_artifact_holds(
    built: Built, repackage: Repackage, bookworm: Machine, tmp_path: Path
) -> None:
    """Exit status and ``dpkg -V`` do not show a payload that was cut short."""
    deb = deb_of(repackage, built("compiled_service"), tmp_path / "out")
    bookworm.run(f"{INSTALL} {bookworm.receive(deb)}")

    listed = set(bookworm.run("dpkg -L compiled-service").split("\n")) - {"", "/."}
    held = repackage("inspect", deb, "--json")
    assert listed == {f"/{entry['path']}" for entry in json.loads(held)["entries"]}
