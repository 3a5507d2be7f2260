"""What the lock has as source only is built on the way."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from repackage.build import build, plan
from repackage.errors import ContraventionError, FetchError
from tests.unit.build.heard import Heard
from tests.unit.source.projects import Source, listing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.build.project import Project


def vendored(project: Project, source: Source | None = None) -> Path:
    """Make ``greet`` a path dependency, without any wheel of it."""
    project.lock_a_directory()
    (project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()
    tree = project.directory / "vendored/greet"
    return (source or Source(name="greet", version="2.0")).write(tree)


def test_a_source_tree_is_built_without_being_asked_for(project: Project) -> None:
    tree = vendored(project)
    before = listing(tree)
    heard = Heard([])

    planned = plan(project.request())
    (artifact,) = build(project.request(), events=heard)

    assert planned.missing == ()
    assert planned.to_build == {"greet": f"the source tree {tree}"}
    assert artifact.path.exists()
    assert f"note building greet 2.0 from the source tree {tree}" in heard.said
    assert f"note greet 2.0: built from the source tree {tree}" in heard.said
    assert listing(tree) == before


def test_planning_builds_nothing(project: Project) -> None:
    ran = project.directory / "ran"
    vendored(project, Source(name="greet", before=f"open({str(ran)!r}, 'w')"))

    plan(project.request())

    assert not ran.exists()


def test_it_is_built_once_for_two_builds(project: Project) -> None:
    ran = project.directory / "ran"
    before = f"open({str(ran)!r}, 'a').write('x')"
    vendored(project, Source(name="greet", version="2.0", before=before))

    (first,) = build(project.request())
    digest = first.sha256
    (again,) = build(project.request())

    assert ran.read_text() == "x"
    assert again.sha256 == digest


def test_a_build_that_fails_leaves_nothing_behind(project: Project) -> None:
    vendored(project, Source(name="greet", before="raise SystemExit('no compiler')"))

    with pytest.raises(FetchError, match="no compiler"):
        build(project.request())

    assert project.left_behind() == []


def test_a_source_distribution_that_is_not_here_is_not_fetched_offline(
    project: Project,
) -> None:
    project.lock_the_source()
    (project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()

    assert plan(project.request()).to_build == {"greet": "the sdist greet-2.0.tar.gz"}
    with pytest.raises(FetchError, match=r"greet-2\.0\.tar\.gz is not here"):
        build(project.request())


def test_what_was_built_is_no_locked_wheel_for_the_policy_exact(project: Project) -> None:
    project.lock_the_source()
    (project.wheelhouse / "greet-2.0-py3-none-any.whl").unlink()
    sdist = Source(name="greet", version="2.0").sdist(project.wheelhouse)
    text = project.lock.read_text()
    digest = hashlib.sha256(sdist.read_bytes()).hexdigest()
    project.lock.write_text(text.replace("1" * 64, digest))

    assert build(project.request())
    with pytest.raises(ContraventionError, match="satisfied-sdist"):
        build(project.request(policy="exact"))
