"""Wheels that no index has: given with ``--find-links``, or missed before work begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.build import build, plan
from repackage.errors import ContraventionError, IncompleteError

if TYPE_CHECKING:
    from tests.unit.build.project import Project


def test_a_given_wheel_stands_in_for_a_locked_source(project: Project) -> None:
    project.lock_the_source()

    planned = plan(project.request())
    (artifact,) = build(project.request())

    assert planned.given == {"greet": project.wheelhouse / "greet-2.0-py3-none-any.whl"}
    assert planned.missing == ()
    assert artifact.path.exists()


def test_under_the_policy_exact_it_does_not(project: Project) -> None:
    project.lock_the_source()

    with pytest.raises(ContraventionError, match="satisfied-sdist is an error"):
        build(project.request(policy="exact"))

    assert project.left_behind() == []


def test_a_path_dependency_is_found_by_its_name(project: Project) -> None:
    project.lock_a_directory()

    assert plan(project.request()).given.keys() == {"greet"}
    assert build(project.request())


def test_a_missing_wheel_is_incomplete_and_says_how_to_build_it(project: Project) -> None:
    project.lock_a_directory()
    (project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()

    (missing,) = plan(project.request()).missing
    with pytest.raises(IncompleteError) as caught:
        build(project.request())

    assert caught.value.problems == (missing,)
    assert f"uv build --wheel {project.directory / 'vendored/greet'}" in missing.advice
    assert project.left_behind() == []
