"""A member's name may be a stranger's on an index: what tells them apart."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.check import check_installed
from repackage.ledger import FromIndex, FromTree, to_json
from repackage.tree import File
from tests.unit.check.installations import APT, by_debian_13, by_pip, text
from tests.unit.ledger.examples import entry, evidence, example

if TYPE_CHECKING:
    from collections.abc import Sequence

    from repackage.check import Finding, Policy
    from repackage.ledger import Origin
    from repackage.tree import Entry
    from tests.unit.check.conftest import World

SITE = "venv/lib/python3.11/site-packages"
DECLARED = """
[package.metadata]
requires-dist = [{ name = "dep", specifier = ">=1" }]
"""
NEEDS_DEP = "Requires-Dist: dep>=1\n"


@dataclass
class Installed:
    """A world with the member ``lib`` 2.0, and an environment with something of that name."""

    world: World

    def __call__(self, entries: Sequence[Entry], policy: Policy = "constrain") -> list[Finding]:
        self.world.entries.clear()
        self.world.edges.clear()
        self.world.reached.clear()
        self.world.lock("dep", "1.0")
        self.world.lock("lib", "2.0", source='editable = "lib"', more=DECLARED)
        standard = self.world.standard(self.world.make(), policy=policy)
        report = check_installed(entries, standard)
        return [one for one in report.findings if one.name == "lib"]


@pytest.fixture
def installed(world: World) -> Installed:
    return Installed(world)


def told(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(one.verdict, one.severity) for one in findings]


def lib(version: str = "2.0", metadata: str = NEEDS_DEP, origin: Any = None) -> list[Entry]:
    entries = by_pip(SITE, "lib", version, metadata)
    if origin is None:
        return entries
    path = f"{SITE}/lib-{version}.dist-info/direct_url.json"
    return [*entries, text(path, json.dumps(origin))]


@pytest.mark.parametrize(
    "origin",
    [
        {"url": "file:///src/lib", "dir_info": {}},
        {"url": "file:///dist/lib-2.0-py3-none-any.whl", "archive_info": {}},
    ],
)
@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_a_member_that_was_installed_from_a_disk_is_one(
    installed: Installed, origin: dict[str, Any], version: str
) -> None:
    for policy in ("exact", "locked", "constrain", "range"):
        (found,) = installed(lib(version, origin=origin), policy)
        assert found.verdict == "member"


@pytest.mark.parametrize(
    "origin",
    [
        {
            "url": "https://ann:secret@files.example/lib-2.0-py3-none-any.whl",
            "archive_info": {},
        },
        {"url": "https://git.example/lib", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
    ],
)
def test_a_member_that_comes_from_elsewhere_has_another_source(
    installed: Installed, origin: dict[str, Any]
) -> None:
    (found,) = installed(lib(origin=origin))

    assert (found.verdict, found.severity) == ("source-differs", "error")
    assert "the lock has a source tree for it" in found.message
    assert "secret" not in found.message


@pytest.mark.parametrize(
    ("policy", "severity"),
    [
        ("exact", "error"),
        ("locked", "error"),
        ("constrain", "error"),
        ("range", "warning"),
        ("report", "note"),
    ],
)
@pytest.mark.parametrize(("version", "metadata"), [("99.0", NEEDS_DEP), ("2.0", "")])
def test_a_strangers_package_with_a_members_name_has_another_source(
    installed: Installed, policy: Policy, severity: str, version: str, metadata: str
) -> None:
    findings = installed(lib(version, metadata), policy)

    assert ("source-differs", severity) in told(findings)
    (found,) = [one for one in findings if one.verdict == "source-differs"]
    assert "was installed by its name, from an index or a directory of wheels" in found.message


@pytest.mark.parametrize(
    ("policy", "severity"),
    [("exact", "error"), ("locked", "error"), ("constrain", "note"), ("range", "note")],
)
def test_what_has_a_members_name_version_and_requirements_may_be_it(
    installed: Installed, policy: Policy, severity: str
) -> None:
    assert told(installed(lib(), policy)) == [("hash-unverifiable", severity)]


def test_what_repackage_installed_needs_no_more_evidence(installed: Installed) -> None:
    ours = text(f"{SITE}/lib-2.1.dist-info/INSTALLER", "repackage\n")
    entries = {each.path: each for each in [*lib("2.1"), ours]}

    assert told(installed(list(entries.values()))) == [("member", "note")]


@pytest.mark.parametrize(
    ("version", "policy", "expected"),
    [
        ("2.0", "constrain", "satisfied-external"),
        ("2.0", "range", "member"),
        ("1.0", "constrain", "source-differs"),
        ("1.0", "range", "member"),
    ],
)
def test_a_member_of_the_operating_system_is_told(
    installed: Installed, version: str, policy: Policy, expected: str
) -> None:
    entries = by_debian_13("lib", version)
    path = f"{APT}/lib-{version}.dist-info/METADATA"
    metadata = f"Metadata-Version: 2.1\nName: lib\nVersion: {version}\n{NEEDS_DEP}"
    entries = [text(path, metadata), *(each for each in entries if each.path != path)]

    assert [one.verdict for one in installed(entries, policy)] == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (FromTree(kind="directory"), "member"),
        (FromIndex(url="https://index.example/simple"), "source-differs"),
    ],
)
def test_a_ledger_tells_where_a_member_was_packaged_from(
    installed: Installed, source: Origin, expected: str
) -> None:
    entries = {each.path: each for each in lib()}
    record = entries[f"{SITE}/lib-2.0.dist-info/RECORD"]
    assert isinstance(record, File)
    claimed = replace(
        entry("lib", source=source, artifact=evidence("lib-2.0-py3-none-any.whl")),
        version=Version("2.0"),
        dist_info=f"{SITE}/lib-2.0.dist-info",
        record=record.digests.sha256,
    )
    ledger = replace(example(), application=canonicalize_name("lib"), entries=(claimed,))
    path = "venv/share/repackage/lib/ledger.json"
    told_of = text(path, to_json(ledger).decode())

    assert [one.verdict for one in installed([*entries.values(), told_of])] == [expected]
