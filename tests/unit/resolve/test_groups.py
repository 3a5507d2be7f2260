"""Dependency groups: off unless asked for, inherited, in the manifest."""

from __future__ import annotations

import pytest

from repackage.errors import ResolveError
from repackage.resolve import Selection
from tests.unit.resolve.locks import Locks, app, edges, package


def test_groups_are_off_unless_asked_for(locks: Locks) -> None:
    parts = (
        app(
            f"{edges('a')}\n[package.dev-dependencies]\ndev = [{{ name = 'b' }}]\n"
            "docs = [{ name = 'c' }]"
        ),
        package("a"),
        package("b"),
        package("c"),
    )

    assert locks.names(*parts) == ["a 1.0"]
    assert locks.names(*parts, selection=Selection(groups=("docs",))) == ["a 1.0", "c 1.0"]
    assert locks.names(*parts, selection=Selection(only_groups=("dev",))) == ["b 1.0"]
    assert locks.names(*parts, selection=Selection(default_groups=True)) == ["a 1.0", "b 1.0"]
    everything = Selection(all_groups=True, no_groups=("dev",))
    assert locks.closure(*parts, selection=everything).groups == ("docs",)


@pytest.mark.parametrize(
    ("written", "names"),
    [('"all"', ["b 1.0", "c 1.0"]), ("[]", []), ('["docs"]', ["c 1.0"])],
)
def test_default_groups_are_those_of_the_lock(
    written: str, names: list[str], locks: Locks
) -> None:
    found = locks.names(
        app(
            f"default-groups = {written}\n[package.dev-dependencies]\n"
            "dev = [{ name = 'b' }]\ndocs = [{ name = 'c' }]"
        ),
        package("b"),
        package("c"),
        selection=Selection(default_groups=True),
    )

    assert found == names


def test_an_unknown_group_suggests_the_nearest(locks: Locks) -> None:
    with pytest.raises(ResolveError, match=r"no dependency group 'dov'.*'dev'"):
        locks.closure(
            app("[package.dev-dependencies]\ndev = []"), selection=Selection(groups=("dov",))
        )


def test_the_group_of_a_workspace_without_project_is_in_the_manifest(locks: Locks) -> None:
    parts = (
        (
            "[manifest]\nmembers = ['app']\n[manifest.dependency-groups]\n"
            "lint = [{ name = 'b', extras = ['x'] }]"
        ),
        app(edges("a"), source="{ editable = 'app' }"),
        package("a"),
        package("b", body="[package.optional-dependencies]\nx = [{ name = 'c' }]"),
        package("c"),
    )

    names = locks.names(*parts, selection=Selection(groups=("lint",)))

    assert names == ["a 1.0", "b 1.0", "c 1.0"]


def test_a_requirement_of_the_manifest_that_nothing_answers_is_refused(locks: Locks) -> None:
    with pytest.raises(ResolveError, match=r"requires 'b', and 0 packages"):
        locks.closure(
            "[manifest]\nmembers = ['app']\n[manifest.dependency-groups]\n"
            "lint = [{ name = 'b' }]",
            app(source="{ editable = 'app' }"),
            selection=Selection(groups=("lint",)),
        )
