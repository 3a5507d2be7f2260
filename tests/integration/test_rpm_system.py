"""An application whose dependencies are packages of the distribution, as dnf resolves them."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet

from repackage.testing import EPOCH, tree_of
from repackage.tree import inline_file
from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._specifiers import relation_of
from tests.formats.rpm.made import facts, written
from tests.integration.roots import TOOLS, Machine, debian_root
from tests.integration.rpms import Root, distribution, query, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.applications import Application

    Built = Callable[..., Application]
    Repackage = Callable[..., str]

pytestmark = [pytest.mark.native("rpm", "dnf", "createrepo_c", *TOOLS), pytest.mark.network]

SITE = "/usr/lib/python3.11/site-packages"
EL9 = ("--target", "el9", "--python", "3.11", "--arch", "x86_64")


@pytest.fixture(scope="module")
def packages(
    built: Built, repackage: Repackage, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A repository: the application, and each distribution of its lock, as a package of its own."""
    application, out = built("pure_command"), tmp_path_factory.mktemp("packages")
    repackage("-f", "tar", application.wheel, *EL9, "--out-dir", tmp_path_factory.mktemp("tar"))
    names = set(re.findall(r'^name = "(.+)"$', application.lock.read_text(), re.MULTILINE))
    wheels = {
        path.name.partition("-")[0].replace("_", "-").lower(): path
        for path in (shared / "store/v1/artifacts").rglob("*-none-any.whl")
        if path.name in application.lock.read_text()
    }
    for wheel in (application.wheel, *(wheels[name] for name in sorted(names & wheels.keys()))):
        repackage(
            "-f", "rpm", wheel, *EL9, "--lock", application.lock, "--out-dir", out,
            "--find-links", application.wheel.parent, "-C", "rpm.layout=system",
        )  # fmt: skip
    return out


@pytest.fixture
def repository(packages: Path, tmp_path: Path) -> Path:
    """The same beside what every EL 9 has."""
    shutil.copytree(packages, tmp_path / "repository")
    distribution(tmp_path / "repository")
    return tmp_path / "repository"


def application_of(packages: Path) -> Path:
    (artifact,) = packages.glob("pure-command-*.rpm")
    return artifact


def test_the_package_has_the_application_alone_and_says_what_it_is(packages: Path) -> None:
    artifact = application_of(packages)
    files = query("-l", artifact)

    assert "python3.11dist(pure-command) = 1" in query("--provides", artifact)
    assert f"{SITE}/pure_command/__init__.py" in files
    assert not [path for path in files if "/httpx" in path or "/rich" in path]
    assert {SITE, f"{SITE}/__pycache__", "/usr/bin"}.isdisjoint(files)


def test_requirements_keep_to_what_was_tested(packages: Path) -> None:
    required = query("--requires", application_of(packages))
    (click,) = [each for each in required if "(click)" in each]

    assert re.fullmatch(
        r"\(python3\.11dist\(click\) >= (\d+)~~ with python3\.11dist\(click\) < \d+~~\)", click
    )
    assert [each for each in required if "python3.11dist(httpx[http2])" in each]


def test_dnf_finds_each_distribution_by_its_name(repository: Path, tmp_path: Path) -> None:
    extras = Root(tmp_path / "root")
    provided = {each for path in repository.glob("*.rpm") for each in query("--provides", path)}
    missing = {
        name
        for path in repository.glob("*.rpm")
        for name in re.findall(
            r"python3\.11dist\([^)\[]+\[[^)]+\]\)", "".join(query("--requires", path))
        )
        if not [each for each in provided if each.startswith(f"{name} ")]
    }
    # what has extras is packaged with them, or by a package of their own, as Fedora has it
    for number, name in enumerate(sorted(missing)):
        stub = facts(
            tree_of(inline_file(f"usr/share/stub/{number}", b"", mtime=EPOCH)),
            name=f"extra-{number}",
            provides=tuple(
                Relation(name=each, version=version, flags=8)
                for each, version in (
                    (f"extra-{number}", "1.0-1"),
                    (name, _version_of(name, provided)),
                )
            ),
        )
        written(repository, stub)
    run("createrepo_c", "-q", repository)
    extras.dnf(repository, "install", "pure-command")

    installed = set(extras.rpm("-qa", "--qf", "%{NAME}\\n").split())
    assert {"pure-command", "click", "httpx", "rich", "certifi", "python3.11"} <= installed
    assert (extras.path / SITE[1:] / "httpx/__init__.py").is_file()
    assert extras.rpm("-V", "pure-command", "click") == ""


def _version_of(name: str, provided: set[str]) -> str:
    plain = re.sub(r"\[.*\]", "", name)
    (version,) = {each.rpartition(" ")[2] for each in provided if each.startswith(f"{plain} ")}
    return version


def test_dnf_refuses_a_distribution_that_the_lock_does_not_allow(
    repository: Path, tmp_path: Path
) -> None:
    for artifact in repository.glob("click-*.rpm"):
        artifact.unlink()
    newer = facts(
        tree_of(inline_file("usr/share/stub/click", b"", mtime=EPOCH)),
        name="click",
        provides=(Relation(name="python3.11dist(click)", version="99", flags=8),),
    )
    written(repository, newer)
    run("createrepo_c", "-q", repository)
    refused = Root(tmp_path / "root").dnf(repository, "install", "pure-command", check=False)

    assert "nothing provides (python3.11dist(click) >= " in refused


def test_dnf_chooses_what_a_specifier_with_gaps_admits(tmp_path: Path) -> None:
    repository = tmp_path / "gaps"
    repository.mkdir()
    wanted = relation_of("pick", SpecifierSet("!=1.5,!=1.4.*,>=1.2.post1,<2"), style="caret")
    for number, version in enumerate(("1.2", "1.2^post1", "1.4.2", "1.5", "2.1")):
        stub = facts(
            tree_of(inline_file(f"usr/share/stub/{number}", b"", mtime=EPOCH)),
            name=f"pick-{number}",
            provides=(
                Relation(name=f"pick-{number}", version="1-1", flags=8),
                Relation(name="pick", version=version, flags=8),
            ),
        )
        written(repository, stub)
    picky = facts(
        tree_of(inline_file("usr/share/picky", b"", mtime=EPOCH)),
        name="picky",
        provides=(Relation(name="picky", version="1-1", flags=8),),
        requires=(Relation(name=wanted),),
    )
    written(repository, picky)
    run("createrepo_c", "-q", repository)
    root = Root(tmp_path / "root")
    root.dnf(repository, "install", "picky")

    assert set(root.rpm("-qa", "--qf", "%{NAME}\\n").split()) == {"picky", "pick-1"}


def test_the_application_runs_with_the_distributions_packages_and_leaves_nothing(
    packages: Path, tmp_path: Path
) -> None:
    machine = Machine(root=debian_root("bookworm"), scratch=tmp_path / "machine")
    machine.run("apt-get install -q -y --no-install-recommends rpm python3 >/dev/null 2>&1")
    before = machine.files()
    received = " ".join(machine.receive(path) for path in sorted(packages.glob("*.rpm")))
    command = "rpm --dbpath /var/lib/rpm --noplugins"

    machine.run(f"{command} -i --nodeps {received}")
    # Debian's Python looks elsewhere for packages than those of EL
    assert machine.run(f"PYTHONPATH={SITE} pure-command") == "hello 0 httpx\n/usr\n"
    machine.run(f"test -e {SITE}/pure_command/__pycache__/old.cpython-311.pyc")
    assert machine.run(f"{command} -V --nodeps pure-command 2>&1 | grep -v '^rpm:' || :") == ""
    machine.run(f"{command} -qa | grep -v '^rpm:' | xargs {command} -e --nodeps")
    left = {
        path
        for path in machine.files() - before
        if not path.endswith(".rpm")
        and not path.startswith(("/var/lib/rpm", "/usr/lib/python3.11"))
    }

    assert left == set()
