"""What a package leaves to the system is not missed in it, and is in a root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.build import build, check
from repackage.tree import inline_file
from repackage_formats import deb
from tests.unit.build.project import Project, make_project

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.check import Policy, Report


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path)


def judged(project: Project, policy: Policy, *further: str) -> Report:
    asked = {"flags": {"target": "debian-12", "arch": "x86_64"}, "dependencies": "system"}
    (artifact,) = build(project.request("deb", **asked))
    entries = [*deb.read(artifact.path), *(inline_file(path, b"", mtime=0) for path in further)]
    return check(project.request("deb", policy=policy, **asked), entries)


def test_a_package_says_who_provides_the_rest(project: Project) -> None:
    report = judged(project, "range")
    (missing,) = [each for each in report.findings if each.verdict == "missing"]

    assert (missing.name, missing.severity) == ("greet", "note")
    assert missing.message == "it is left to the system, as the package says"


@pytest.mark.parametrize(
    ("policy", "severity"), [("locked", "error"), ("constrain", "warning")]
)
def test_only_range_lets_it_pass(project: Project, policy: Policy, severity: str) -> None:
    report = judged(project, policy)

    assert [each.severity for each in report.findings if each.name == "greet"] == [severity]


def test_a_root_must_have_it(project: Project) -> None:
    report = judged(project, "range", "usr/bin/python3.11")
    (missing,) = [each for each in report.findings if each.verdict == "missing"]

    assert (missing.severity, missing.message[:19]) == ("error", "it is not installed")
