"""Distributions that the package manager of an operating system installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.check import Rules, check_installed, sites
from repackage.check._search import found_entries
from repackage.errors import InputError
from repackage.tree import File, OnDisk, inline_file
from tests.unit.check.installations import (
    APT,
    by_debian_12,
    by_debian_13,
    by_distutils,
    by_pip,
    by_rpm,
    by_setuptools,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repackage.check import Drift, Finding, Policy
    from repackage.check._found import Found
    from repackage.tree import Entry
    from tests.unit.check.conftest import World

COMMIT = "0123456789012345678901234567890123456789"


def found(*entries: Entry) -> list[Found]:
    return found_entries({entry.path: entry for entry in entries})


def only(*entries: Entry) -> Found:
    (one,) = found(*entries)
    return one


@pytest.mark.parametrize(
    "installed", [by_debian_12, by_debian_13, by_setuptools, by_distutils, by_rpm]
)
def test_what_a_package_manager_installed_is_found_and_known_for_it(
    installed: Callable[..., list[Entry]],
) -> None:
    one = only(*installed("Dep.X", "1.2"))

    assert (one.name, str(one.metadata.version)) == ("dep-x", "1.2")
    assert one.external
    assert not one.ours


@pytest.mark.parametrize("installer", ["pip", "uv", "repackage", "installer 0.7", "conda"])
def test_what_an_installer_put_there_is_not_external(installer: str) -> None:
    entries = by_pip(APT, "dep")
    entries[1] = text(entries[1].path, f"{installer}\n")

    assert not only(*entries).external


def test_what_was_unpacked_elsewhere_by_hand_is_not_external() -> None:
    where = "srv/app/dep-1.0.dist-info"
    named = text(f"{where}/METADATA", "Metadata-Version: 2.1\nName: dep\nVersion: 1.0\n")

    assert not only(named, text(f"{where}/RECORD")).external
    assert only(named).external, "PEP 627: no RECORD means that others look after it"


def test_what_setup_py_installed_with_a_record_is_not_external() -> None:
    entries = by_setuptools("dep", site="venv/lib/python3.11/site-packages")
    where = entries[0].path.rpartition("/")[0]

    assert only(*entries).external
    assert not only(*entries, text(f"{where}/installed-files.txt")).external


@pytest.mark.parametrize("single", [True, False])
def test_a_system_directory_is_known_by_its_place_on_disk_too(
    tmp_path: Path,
    single: bool,  # noqa: FBT001 - as listed
) -> None:
    """``repackage check /usr/lib/python3/dist-packages`` names paths from there."""
    site = tmp_path / APT
    name = "dep-1.0.egg-info" if single else "dep-1.0.dist-info/METADATA"
    path = site / name
    path.parent.mkdir(parents=True)
    path.write_text("Metadata-Version: 2.1\nName: dep\nVersion: 1.0\n")
    known = inline_file(name, path.read_bytes(), mtime=0)
    file = File(
        path=name,
        mode=0o644,
        mtime=0,
        size=known.size,
        digests=known.digests,
        content=OnDisk(path=path),
    )

    record = text("dep-1.0.dist-info/RECORD")

    assert only(file, record).external


def test_an_egg_info_beside_the_dist_info_of_its_version_is_the_same_installation() -> None:
    """Debian's cryptography has both."""
    egg = [
        text(f"{APT}/dep.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: dep\nVersion: 1.0\n")
    ]

    assert only(*by_debian_12("dep", "1.0"), *egg).where.endswith(".dist-info")
    assert len(found(*by_debian_12("dep", "2.0"), *egg)) == 2


def test_requires_txt_is_read_with_its_sections() -> None:
    requires = (
        "a>=1\n\n[:python_version < '3']\nb\n\n[x]\nc[y]<2\n# no\n[x:os_name == 'nt']\nd\n"
    )

    one = only(*by_setuptools("dep", requires=requires))

    assert [str(each) for each in one.metadata.requires_dist] == [
        "a>=1",
        'b; python_version < "3"',
        'c[y]<2; extra == "x"',
        'd; os_name == "nt" and extra == "x"',
    ]


def test_requires_dist_comes_before_requires_txt() -> None:
    entries = by_setuptools("dep", requires="a\n")
    head = entries[0]
    assert isinstance(head, File)
    more = "Metadata-Version: 2.1\nName: dep\nVersion: 1\nRequires-Dist: b\n"

    one = only(text(head.path, more), *entries[1:])

    assert [each.name for each in one.metadata.requires_dist] == ["b"]


def test_a_line_of_requires_txt_that_is_no_requirement_is_unusable_input() -> None:
    with pytest.raises(InputError, match=r"requires\.txt has 'a b', which is no requirement"):
        found(*by_setuptools("dep", requires="a b\n"))


def test_a_tag_that_is_none_is_unusable_input() -> None:
    where = f"{APT}/dep-1.0.dist-info"
    with pytest.raises(InputError, match="a tag of WHEEL cannot be read"):
        found(*by_debian_12("dep"), text(f"{where}/WHEEL", "Tag: py3\n"))


def judged(
    world: World,
    entries: list[Entry],
    *,
    policy: Policy = "constrain",
    drift: Drift = "minor",
    requires: str = "",
) -> Finding:
    rules = Rules(level=policy, drift=drift)
    standard = world.standard(world.make(requires=[requires] if requires else []), policy=rules)
    asks = f"Requires-Dist: {requires}\n" if requires else ""
    report = check_installed([*by_pip(APT, "app", metadata=asks), *entries], standard)
    (one,) = [each for each in report.findings if each.name == "dep"]
    return one


@pytest.mark.parametrize(
    ("policy", "severity"),
    [
        ("exact", "error"),
        ("locked", "error"),
        ("constrain", "ok"),
        ("range", "ok"),
        ("report", "note"),
    ],
)
def test_the_locked_version_from_the_system_satisfies(
    world: World, policy: Policy, severity: str
) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))

    one = judged(world, by_debian_13("dep"), policy=policy)

    assert (one.verdict, one.severity) == ("satisfied-external", severity)
    assert "package manager of the operating system" in one.message


@pytest.mark.parametrize(
    ("policy", "drift", "installed", "expected"),
    [
        ("range", "minor", "1.4", ("satisfied-external", "ok")),
        ("range", "minor", "1.1", ("satisfied-external", "ok")),
        ("range", "patch", "1.4", ("external-out-of-range", "error")),
        ("range", "none", "2.5", ("satisfied-external", "ok")),
        ("range", "minor", "2.5", ("external-out-of-range", "error")),
        ("range", "none", "3.0", ("external-out-of-range", "error")),
        ("range", "minor", "1.2+dfsg1", ("satisfied-external", "ok")),
        ("range", "minor", "1.2.post1", ("satisfied-external", "ok")),
        ("constrain", "minor", "1.4", ("version-differs", "error")),
        ("constrain", "minor", "1.2+dfsg1", ("local-differs", "error")),
        ("constrain", "minor", "1.2.post1", ("post-differs", "error")),
        ("constrain", "minor", "3.0", ("external-out-of-range", "error")),
        ("locked", "minor", "3.0", ("external-out-of-range", "error")),
        ("report", "minor", "3.0", ("external-out-of-range", "note")),
        ("report", "minor", "1.4", ("version-differs", "note")),
    ],
)
def test_another_version_from_the_system(
    world: World, policy: Policy, drift: Drift, installed: str, expected: tuple[str, str]
) -> None:
    world.lock("dep", "1.2", wheel=world.make("dep", "1.2"))

    one = judged(
        world, by_debian_13("dep", installed), policy=policy, drift=drift, requires="dep<3"
    )

    assert (one.verdict, one.severity) == expected
    assert "comes from the operating system" in one.message


@pytest.mark.parametrize(
    ("policy", "verdict"), [("constrain", "source-differs"), ("range", "satisfied-external")]
)
def test_range_does_not_ask_where_the_system_has_it_from(
    world: World, policy: Policy, verdict: str
) -> None:
    world.lock("dep", "1.0", source=f'git = "https://git.example/dep#{COMMIT}"')

    one = judged(world, by_debian_13("dep"), policy=policy)

    assert one.verdict == verdict


def test_files_of_the_system_are_not_compared_with_a_record(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))

    assert judged(world, by_debian_12("dep")).verdict == "satisfied-external"


def test_requirements_of_egg_infos_are_looked_at(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))
    world.lock("other", "1.0", wheel=world.make("other"))
    standard = world.standard(world.make(), policy="constrain")
    entries = [
        *by_pip(APT, "app"),
        *by_setuptools("dep", requires="other>=2\n"),
        *by_distutils("other"),
    ]

    report = check_installed(entries, standard)

    told = [(each.name, each.verdict) for each in report.findings if each.severity == "error"]
    assert told == [("dep", "metadata-conflict")]


def unreadable(name: str, site: str = APT) -> list[Entry]:
    return [
        text(
            f"{site}/{name}-1.18-unknown.egg-info",
            f"Metadata-Version: 1.1\nName: {name}\nVersion: 1.18-unknown\n",
        )
    ]


def test_a_stranger_that_cannot_be_read_is_a_stranger(world: World) -> None:
    """Debian's gpg once had the version 1.18.0-unknown."""
    standard = world.standard(world.make(), policy="constrain")

    report = check_installed([*by_pip(APT, "app"), *unreadable("Gpg_x")], standard)

    (one,) = [each for each in report.findings if each.name == "gpg-x"]
    assert (one.verdict, one.severity) == ("not-in-lock", "warning")
    assert one.message.startswith(
        "the lock does not know it: Version '1.18-unknown' is invalid"
    )


def test_what_the_lock_knows_must_be_readable(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))
    standard = world.standard(world.make(), policy="constrain")

    with pytest.raises(InputError, match=r"Version '1\.18-unknown' is invalid"):
        check_installed([*by_pip(APT, "app"), *unreadable("dep")], standard)


def test_what_lies_on_another_path_need_not_be_readable(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))
    standard = world.standard(world.make(), policy="constrain")
    entries = [*by_pip("srv/app", "app"), *unreadable("dep")]
    (site,) = [each for each in sites(entries) if each.path == "srv/app"]

    report = check_installed(entries, standard, site=site)

    assert {each.name for each in report.findings} == {"app", "dep"}
