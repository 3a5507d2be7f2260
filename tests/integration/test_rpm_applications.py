"""Real applications as rpms: installed with rpm 4.18, run, verified, upgraded, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Debian 12: its interpreter is where EL 9 has one, its C library is newer."""
    scratch = tmp_path_factory.mktemp("rpm") / "machine"
    made = Machine(root=debian_root("bookworm"), scratch=scratch)
    made.run("apt-get install -q -y --no-install-recommends rpm python3 >/dev/null 2>&1")
    return made


def rpm_of(repackage: Repackage, application: Application, out: Path) -> Path:
    repackage(
        "-f", "rpm", application.wheel, "--target", "el9", "--python", "3.11",
        "--arch", "x86_64", "--out-dir", out,
    )  # fmt: skip
    (artifact,) = out.glob("*.rpm")
    return artifact


def left(machine: Machine, before: frozenset[str]) -> set[str]:
    """What is there that was not before, but for rpm's database and what was handed in."""
    return {
        path
        for path in machine.files() - before
        if not path.endswith(".rpm") and not path.startswith("/var/lib/rpm")
    }


@pytest.mark.parametrize(
    ("name", "command", "says"),
    [
        ("pure_command", "pure-command", "httpx\n/usr/lib/pure-command\n"),
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
    machine: Machine,
    tmp_path: Path,
) -> None:
    artifact = rpm_of(repackage, built(name), tmp_path / "out")
    package = name.replace("_", "-").replace("workspace", "front-end").replace("-itself", "")
    before = machine.files()

    machine.run(f"{RPM} -K {machine.receive(artifact)}")
    machine.run(f"{RPM} -i --nodeps {machine.receive(artifact)}")
    assert says in machine.run(command)
    assert says in machine.run(command, user=1000)
    verified = machine.run(f"{RPM} -V --nodeps {package} 2>&1 | grep -v '^rpm:' || :")
    assert verified == ""

    machine.run(f"{RPM} -e --nodeps {package}")
    assert left(machine, before) == set()


def test_an_upgrade_runs_and_leaves_nothing_of_what_was_there(
    built: Built, repackage: Repackage, machine: Machine, tmp_path: Path
) -> None:
    first = rpm_of(repackage, built("pure_command"), tmp_path / "1.0")
    second = rpm_of(repackage, built("pure_command", version="1.1"), tmp_path / "1.1")
    site = "/usr/lib/pure-command/lib/python3.11/site-packages"
    before = machine.files()

    machine.run(f"{RPM} -i --nodeps {machine.receive(first)}")
    assert machine.run("pure-command").startswith("hello 0 httpx\n")
    machine.run(f"test -e {site}/slugify -a -e {site}/pure_command/__pycache__")
    machine.run(f"{RPM} -U --nodeps {machine.receive(second)}")
    assert machine.run("pure-command").startswith("bonjour 0 httpx\n")
    for path in (
        "slugify",
        "pure_command/old.py",
        "pure_command/__pycache__/old.cpython-311.pyc",
    ):
        machine.run(f"test ! -e {site}/{path}")
    assert machine.run(f"{RPM} -V --nodeps pure-command 2>&1 | grep -v '^rpm:' || :") == ""

    machine.run(f"{RPM} -e --nodeps pure-command")
    assert left(machine, before) == set()
