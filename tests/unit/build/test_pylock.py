"""Building from a lock without a graph."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from repackage.build import build, check, plan
from repackage.errors import ContraventionError, LockError, ResolveError
from repackage.registry import load
from tests.unit.build.heard import Heard

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.build.project import Project

HEAD = (
    'lock-version = "1.0"\ncreated-by = "a-tool"\nrequires-python = ">=3.10"\n'
    'extras = ["loud"]\ndependency-groups = []\ndefault-groups = []\n'
    '[[packages]]\nname = "app"\ndirectory = { path = ".", editable = true }\n'
)


def locked(wheel: Path, version: str, marker: str = "") -> str:
    name = wheel.name.partition("-")[0]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    entry = (
        f'{{ url = "https://files.example/{wheel.name}", hashes = {{ sha256 = "{digest}" }} }}'
    )
    also = f'marker = "{marker}"\n' if marker else ""
    return f'[[packages]]\nname = "{name}"\nversion = "{version}"\n{also}wheels = [{entry}]\n'


@pytest.fixture
def pylock(project: Project) -> Project:
    """The project, with a pylock.toml in place of its uv.lock."""
    greet, shout = sorted(project.wheelhouse.iterdir())
    project.lock.unlink()
    (project.directory / "pylock.toml").write_text(
        HEAD + locked(greet, "2.0") + locked(shout, "3.0", "'loud' in extras")
    )
    return project


def names(project: Project, **asked: object) -> list[str]:
    """What is planned, with the lock that is found."""
    return [pin.name for pin in plan(project.request(lock=None, **asked)).closure.pins]


def test_the_lock_is_found_beside_the_project(pylock: Project) -> None:
    planned = plan(pylock.request(lock=None))

    assert planned.lock.path == pylock.directory / "pylock.toml"
    assert [pin.name for pin in planned.closure.pins] == ["greet"]
    assert names(pylock, flags={"extras": ("loud",)}) == ["greet", "shout"]


def test_an_artifact_is_built_and_agrees_with_the_lock(pylock: Project) -> None:
    heard = Heard([])
    request = pylock.request("tar", lock=None)

    (artifact,) = build(request, events=heard)

    assert any("warn the lock has no graph: everything in it" in said for said in heard.said)
    report = check(request, load("tar").read(artifact.path))
    assert not report.contravenes
    assert {finding.name: finding.verdict for finding in report.findings} == {
        "app": "member",
        "greet": "satisfied",
    }


def test_what_is_built_with_an_extra_is_unselected_without_it(pylock: Project) -> None:
    loud = pylock.request("tar", lock=None, flags={"extras": ("loud",)})

    (artifact,) = build(loud)

    report = check(pylock.request("tar", lock=None), load("tar").read(artifact.path))
    assert {finding.name: finding.verdict for finding in report.findings} == {
        "app": "member",
        "greet": "satisfied",
        "shout": "unselected",
    }


def test_a_requirement_that_the_lock_has_nothing_for_is_refused(pylock: Project) -> None:
    (pylock.directory / "pylock.toml").write_text(HEAD)

    with pytest.raises(ResolveError, match="the wheel requires 'greet>=1'"):
        plan(pylock.request(lock=None))


def test_a_version_that_the_wheel_does_not_admit_is_a_stale_lock(pylock: Project) -> None:
    path = pylock.directory / "pylock.toml"
    path.write_text(
        path.read_text()
        .replace('version = "2.0"', 'version = "0.5"')
        .replace("greet-2.0", "greet-0.5")
    )

    with pytest.raises(ContraventionError, match="the wheel requires 'greet>=1'") as caught:
        build(pylock.request(lock=None))

    assert "write the lock anew" in str(caught.value)


def test_a_lock_of_another_version_is_refused(pylock: Project) -> None:
    (pylock.directory / "pylock.toml").write_text(
        HEAD.replace('"1.0"', '"2.0"') + "packages = []"
    )

    with pytest.raises(LockError, match="unsupported version"):
        plan(pylock.request(lock=None))


def test_of_two_entries_of_one_version_the_digests_of_the_right_one_count(
    pylock: Project,
) -> None:
    path = pylock.directory / "pylock.toml"
    text = path.read_text()
    greet = text[
        text.index('[[packages]]\nname = "greet"') : text.index('[[packages]]\nname = "shout"')
    ]
    marked = greet.replace("wheels =", "marker = \"os_name == 'nt'\"\nwheels =")
    path.write_text(HEAD + re.sub('"[0-9a-f]{64}"', f'"{"0" * 64}"', marked) + greet)

    (artifact,) = build(pylock.request("tar", lock=None))

    request = pylock.request("tar", lock=None, policy="exact")
    report = check(request, load("tar").read(artifact.path))
    assert {finding.name: finding.verdict for finding in report.findings} == {
        "app": "member",
        "greet": "satisfied",
    }
