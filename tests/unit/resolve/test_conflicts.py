"""Extras, groups and projects that exclude each other."""

from __future__ import annotations

import pytest

from repackage.errors import ResolveError
from repackage.resolve import Selection
from tests.unit.resolve.locks import HEAD, Locks, app, edges, exact, package

CONFLICTS = f"{HEAD}conflicts = [[{{ package = 'app', extra = 'old' }}, {{ package = 'app', extra = 'new' }}]]\n"
FORKED = (
    app(
        "[package.optional-dependencies]\n"
        f"old = [{exact('a', '1.0')}]\nnew = [{exact('a', '2.0')}]"
    ),
    package("a", "1.0"),
    package("a", "2.0"),
)


def test_of_conflicting_extras_each_may_be_chosen_alone(locks: Locks) -> None:
    def names(*extras: str) -> list[str]:
        return locks.names(*FORKED, head=CONFLICTS, selection=Selection(extras=extras))

    assert names("old") == ["a 1.0"]
    assert names("new") == ["a 2.0"]
    assert names() == []
    with pytest.raises(
        ResolveError, match=r"cannot be chosen together.*\(choose one of them\)"
    ):
        names("old", "new")


def test_conflict_items_in_markers_are_the_active_ones(locks: Locks) -> None:
    parts = (
        app(
            f"{edges('c')}\n[package.optional-dependencies]\n"
            f"old = [{exact('a', '1.0')}]\nnew = [{exact('a', '2.0')}]"
        ),
        package("a", "1.0"),
        package("a", "2.0"),
        package(
            "c",
            body="dependencies = ["
            + exact("a", "1.0", "extra == 'extra-3-app-old'")
            + ","
            + exact("a", "2.0", "extra != 'extra-3-app-old'")
            + "]",
        ),
    )

    def names(*extras: str) -> list[str]:
        return locks.names(*parts, head=CONFLICTS, selection=Selection(extras=extras))

    assert names("old") == ["a 1.0", "c 1.0"]
    assert names("new") == ["a 2.0", "c 1.0"]
    assert names() == ["a 2.0", "c 1.0"]


DEEP_HEAD = f"{HEAD}conflicts = [[{{ package = 'lib', extra = 'x' }}, {{ package = 'lib', extra = 'y' }}]]\n"
SWITCHED = "{ name = 'seen', marker = \"extra != 'extra-3-lib-x'\" }"


def test_an_extra_activated_deep_down_switches_off_an_edge_near_the_root(
    locks: Locks,
) -> None:
    names = locks.names(
        app(f"dependencies = [{SWITCHED}, {{ name = 'a' }}]"),
        package("a", body=edges("b")),
        package("b", body="dependencies = [{ name = 'lib', extra = ['x'] }]"),
        package("lib", body="[package.optional-dependencies]\nx = []\ny = []"),
        package("seen"),
        head=DEEP_HEAD,
    )

    assert names == ["a 1.0", "b 1.0", "lib 1.0"]


def test_an_edge_of_an_unreachable_parent_activates_nothing(locks: Locks) -> None:
    names = locks.names(
        app(
            f"dependencies = [{SWITCHED}, {{ name = 'a', marker = \"extra == 'extra-3-lib-y'\" }}]"
        ),
        package("a", body="dependencies = [{ name = 'lib', extra = ['x'] }]"),
        package("lib", body="[package.optional-dependencies]\nx = []\ny = []"),
        package("seen"),
        head=DEEP_HEAD,
    )

    assert names == ["seen 1.0"]


def test_an_edge_may_activate_the_extra_that_its_own_marker_asks_for(locks: Locks) -> None:
    names = locks.names(
        app(
            "dependencies = [{ name = 'lib', extra = ['x'],"
            " marker = \"extra == 'extra-3-lib-x'\" }]"
        ),
        package("lib", body="[package.optional-dependencies]\nx = [{ name = 'a' }]\ny = []"),
        package("a"),
        head=DEEP_HEAD,
    )

    assert names == ["a 1.0", "lib 1.0"]


def test_conflicting_extras_activated_by_dependencies_are_refused(locks: Locks) -> None:
    with pytest.raises(ResolveError, match="dependencies ask for both"):
        locks.closure(
            app(edges("a", "b")),
            package("a", body="dependencies = [{ name = 'lib', extra = ['x'] }]"),
            package("b", body="dependencies = [{ name = 'lib', extra = ['y'] }]"),
            package("lib", body="[package.optional-dependencies]\nx = []\ny = []"),
            head=DEEP_HEAD,
        )


def test_a_project_and_a_group_may_conflict(locks: Locks) -> None:
    head = f"{HEAD}conflicts = [[{{ package = 'app' }}, {{ package = 'app', group = 'g' }}]]\n"
    text = app("[package.dev-dependencies]\ng = []")

    assert locks.closure(text, head=head, selection=Selection(only_groups=("g",))).groups == (
        "g",
    )
    with pytest.raises(ResolveError, match="the project app and group 'g' of app"):
        locks.closure(text, head=head, selection=Selection(groups=("g",)))


def test_members_that_are_reached_take_part_in_conflicts(locks: Locks) -> None:
    head = (
        f"{HEAD}conflicts = [[{{ package = 'lib', extra = 'x' }},"
        " { package = 'app', extra = 'y' }]]\n"
    )
    lib = "[[package]]\nname = 'lib'\nsource = { editable = 'lib' }\n" + edges("a")
    extras = "[package.optional-dependencies]\nx = []\ny = []"
    both = Selection(extras=("x", "y"))

    alone = (app(extras), lib, package("a"), "[manifest]\nmembers = ['app', 'lib']")
    assert locks.closure(*alone, head=head, selection=both).extras == ("x", "y")
    together = (app(f"{edges('lib')}\n{extras}"), *alone[1:])
    with pytest.raises(ResolveError, match="extra 'x' of lib and extra 'y' of app"):
        locks.closure(*together, head=head, selection=both)
