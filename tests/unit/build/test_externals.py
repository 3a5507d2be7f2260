"""What a wheel that is staged alone needs of the system, within what the lock allows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from repackage.build import build, plan
from repackage.errors import UsageError
from tests.unit.build.project import Project, make_project

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import External

SITE = "usr/lib/python3.9/site-packages"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = make_project(tmp_path)
    made.lock.write_text(made.lock.read_text().replace(">=3.10", ">=3.9", 1))
    return made


def found(project: Project, table: str = "", **asked: Any) -> dict[str, External]:
    (project.directory / "pyproject.toml").write_text(
        f'[tool.repackage.rpm]\nlayout = "system"\n{table}'
    )
    request = project.request(
        "rpm", flags={"target": "el9", "arch": "x86_64", **asked.pop("flags", {})}, **asked
    )
    (output,) = plan(request).outputs
    assert output.plan.closure.pins == ()
    return {str(each.name): each for each in output.plan.externals}


def specifiers(text: str) -> set[str]:
    return set(filter(None, text.split(",")))


def test_a_requirement_is_bounded_by_how_far_a_version_may_drift(project: Project) -> None:
    (greet,) = found(project).values()

    assert specifiers(str(greet.specifiers)) == {">=1", "==2.*"}
    assert str(greet.locked) == "2.0"


def test_extras_bring_what_they_require(project: Project) -> None:
    assert set(found(project, flags={"extras": ("loud",)})) == {"greet", "shout"}


def test_what_an_extra_of_a_dependency_requires_is_told_with_it(project: Project) -> None:
    text = project.lock.read_text()
    text = text.replace('[{ name = "greet" }]', '[{ name = "greet", extra = ["sing"] }]')
    extras = '[package.optional-dependencies]\nsing = [{ name = "shout", extra = ["high"] }]\n'
    text = text.replace(
        '\n[[package]]\nname = "shout"', f'{extras}\n[[package]]\nname = "shout"'
    )
    further = (
        '\n[package.optional-dependencies]\nhigh = [{ name = "greet", extra = ["sing"] }]\n'
    )
    project.lock.write_text(text + further)
    (greet,) = found(project).values()
    (shout,) = greet.brought

    assert greet.extras == ("sing",)
    assert (shout.name, str(shout.specifiers), shout.extras) == ("shout", "==3.*", ("high",))


@pytest.mark.parametrize(
    ("table", "bounds"),
    [
        ('drift = "patch"', {">=1", "==2.0.*"}),
        ('drift = "major"', {">=1", ">=0.dev0", "<1!0.dev0"}),
        ('drift = "none"', {">=1"}),
        ('level = "constrain"', {">=1", "==2.0"}),
        ('level = "report"', {">=1"}),
        ('package.greet = { level = "constrain" }', {">=1", "==2.0"}),
    ],
)
def test_the_policy_decides_how_far(project: Project, table: str, bounds: set[str]) -> None:
    (greet,) = found(project, f"[tool.repackage.policy]\n{table}\n").values()

    assert specifiers(str(greet.specifiers)) == bounds


def test_an_override_of_the_lock_takes_the_place_of_the_requirement(project: Project) -> None:
    text = project.lock.read_text()
    manifest = '[manifest]\noverrides = [{ name = "greet", specifier = "<3" }]\n\n[[package]]'
    project.lock.write_text(re.sub(r"\[\[package\]\]", manifest, text, count=1))
    (greet,) = found(project).values()

    assert specifiers(str(greet.specifiers)) == {"<3", "==2.*"}


def test_a_source_of_the_lock_does_not_widen_what_the_metadata_say(project: Project) -> None:
    project.lock_a_directory()
    (greet,) = found(project).values()

    assert specifiers(str(greet.specifiers)) == {">=1", "==2.*"}


def test_what_groups_require_is_bounded_as_the_lock_has_it(project: Project) -> None:
    text = project.lock.read_text().replace(
        "[package.metadata]",
        '[package.dev-dependencies]\nlint = [{ name = "shout" }]\n\n[package.metadata]',
    )
    text = text.replace(
        'provides-extras = ["loud"]\n',
        'provides-extras = ["loud"]\n\n[package.metadata.requires-dev]\n'
        'lint = [{ name = "shout", specifier = ">=2.5,!=3.1" }]\n',
    )
    project.lock.write_text(text)
    leaf = found(project, flags={"only-groups": ("lint",)})

    assert set(leaf) == {"shout"}
    assert specifiers(str(leaf["shout"].specifiers)) == {">=2.5", "!=3.1", "==3.*"}


def test_commands_of_what_is_not_there_are_refused_while_deciding(project: Project) -> None:
    with pytest.raises(UsageError, match="no distribution that is installed is called 'greet'"):
        found(project, flags={"scripts-of": ("greet",)})


def test_what_must_be_as_it_is_locked_cannot_be_left_to_the_system(project: Project) -> None:
    with pytest.raises(UsageError, match="greet is to be as it is locked"):
        found(project, '[tool.repackage.policy.package.greet]\nlevel = "locked"\n')


def test_which_wheels_the_lock_has_of_a_dependency_does_not_matter(project: Project) -> None:
    project.lock.write_text(
        re.sub(
            r"greet-2\.0-py3-none-any", "greet-2.0-cp27-cp27m-win32", project.lock.read_text()
        )
    )
    for wheel in project.wheelhouse.iterdir():
        wheel.unlink()

    assert set(found(project)) == {"greet"}


def test_nothing_but_the_wheel_itself_is_fetched_and_staged(project: Project) -> None:
    for wheel in project.wheelhouse.iterdir():
        wheel.unlink()
    stage = project.directory / "stage"
    (project.directory / "pyproject.toml").write_text(
        '[tool.repackage.rpm]\nlayout = "system"\n'
    )
    (artifact,) = build(
        project.request("rpm", flags={"target": "el9", "arch": "x86_64"}, stage_dir=stage)
    )

    assert artifact.basename == "app-1.0.0-1.el9.noarch.rpm"
    assert (stage / SITE / "app/__init__.py").is_file()
    assert (stage / "usr/bin/app").read_text().startswith("#!/usr/bin/python3.9")
    assert not (stage / SITE / "greet").exists()
    assert (stage / "usr/share/repackage/app/ledger.json").is_file()


def test_one_run_may_bundle_in_one_format_and_leave_to_the_system_in_another(
    project: Project,
) -> None:
    (project.directory / "pyproject.toml").write_text(
        '[tool.repackage.rpm]\nlayout = "system"\n'
    )
    artifacts = build(project.request("rpm", "tar", flags={"target": "el9", "arch": "x86_64"}))

    assert [artifact.format for artifact in artifacts] == ["rpm", "tar"]
