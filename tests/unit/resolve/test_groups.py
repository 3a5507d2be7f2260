"""Dependency groups: off unless asked for, inherited, in the manifest."""

from __future__ import annotations

import pytest

from repackage.errors import ResolveError
from repackage.resolve import Selection
from tests.unit.resolve.locks import HEAD, Locks, app, edges, package, target


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


def test_with_groups_alone_a_closure_says_what_it_lacks(locks: Locks) -> None:
    parts = (
        app(f"{edges('a')}\n[package.dev-dependencies]\ndev = [{{ name = 'b' }}]"),
        package("a"),
        package("b"),
    )

    alone = locks.closure(*parts, selection=Selection(only_groups=("dev",)))
    both = locks.closure(*parts, selection=Selection(groups=("dev",)))

    assert (alone.production, both.production) == (False, True)
    assert alone.notes == ("groups alone are selected: what app itself requires is not",)
    assert both.notes == ()


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


def test_a_group_is_inherited_from_the_project_at_the_root(locks: Locks) -> None:
    around = (
        "[[package]]\nname = 'around'\nversion = '1.0'\nsource = { editable = '.' }\n"
        "[package.dev-dependencies]\n"
        "lint = [{ name = 'b' }, { name = 'c', marker = \"sys_platform == 'win32'\" }]\n"
        "[package.group-requires-python]\nlint = '>=3.11'"
    )
    member = app(edges("a"), source="{ editable = 'app' }")
    parts = (
        "[manifest]\nmembers = ['app', 'around']",
        around,
        member,
        package("a"),
        package("b"),
        package("c"),
    )
    lint = Selection(groups=("lint",))

    assert locks.names(*parts, selection=lint) == ["a 1.0", "b 1.0"]
    assert locks.closure(*parts, selection=Selection(all_groups=True)).groups == ("lint",)
    with pytest.raises(ResolveError, match=r"the group 'lint' requires Python >=3\.11"):
        locks.names(*parts, selection=lint, on=target("3.10"))


def test_a_directory_at_the_root_that_is_no_member_is_no_root(locks: Locks) -> None:
    stray = (
        "[[package]]\nname = 'stray'\nversion = '1.0'\nsource = { directory = '.' }\n"
        "[package.dev-dependencies]\nlint = []"
    )

    with pytest.raises(ResolveError, match="no dependency group 'lint'"):
        locks.names(
            "[manifest]\nmembers = ['app']",
            stray,
            app(source="{ editable = 'app' }"),
            selection=Selection(groups=("lint",)),
        )


def test_requirements_of_the_manifest_count_where_there_are_conflicts(locks: Locks) -> None:
    head = f"{HEAD}conflicts = [[{{ package = 'p' }}, {{ package = 'q' }}]]\n"
    manifest = (
        "[manifest]\nrequirements = [{ name = 'a' },"
        " { name = 'b', marker = \"sys_platform == 'win32'\" }]"
    )
    parts = (
        manifest,
        app("[package.dev-dependencies]\ng = []"),
        package("a"),
        package("b"),
    )

    assert locks.names(*parts, head=head) == ["a 1.0"]
    assert locks.names(*parts, head=head, selection=Selection(only_groups=("g",))) == []
