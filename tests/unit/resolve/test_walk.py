"""From lock to pins: which edges are followed (uv-lock selection list)."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repackage.closure import Supplied
from repackage.errors import LockError, ResolveError
from repackage.resolve import Selection
from tests.unit.resolve.locks import (
    ARM,
    HEAD,
    LINUX,
    Locks,
    a_wheel,
    app,
    edges,
    exact,
    package,
    pinned,
    target,
)

if TYPE_CHECKING:
    from pathlib import Path

WINDOWS = "sys_platform == 'win32'"
EXTRAS = (
    app(
        f"{edges('a')}\n[package.optional-dependencies]\n"
        "x = [{ name = 'a', extra = ['fast'] }]\ny = [{ name = 'c' }]"
    ),
    package(
        "a", body="[package.optional-dependencies]\nfast = [{ name = 'b', extra = ['e'] }]"
    ),
    package(
        "b",
        body="[package.optional-dependencies]\ne = [{ name = 'a', extra = ['fast'] },"
        " { name = 'c' }]",
    ),
    package("c"),
)


def test_a_chain_is_followed_and_says_who_required_whom(locks: Locks) -> None:
    closure = locks.closure(
        app(edges("a")), package("a", body=edges("b")), package("b", "2.0"), package("stray")
    )

    assert pinned(closure) == ["a 1.0", "b 2.0"]
    (requirer,) = closure.pins[1].required_by
    assert (requirer.name, str(requirer.version), requirer.marker) == ("a", "1.0", "")
    assert closure.notes == ()


def test_an_edge_whose_marker_is_false_is_skipped_with_its_reason(locks: Locks) -> None:
    closure = locks.closure(
        app(f"dependencies = [{{ name = 'a' }}, {{ name = 'b', marker = \"{WINDOWS}\" }}]"),
        package("a"),
        package("b"),
    )

    assert pinned(closure) == ["a 1.0"]
    (skipped,) = closure.skipped
    assert (skipped.name, skipped.required_by) == ("b", "app")
    assert skipped.reason == f"not needed here: {WINDOWS}"


def test_what_another_edge_brings_in_is_not_skipped(locks: Locks) -> None:
    closure = locks.closure(
        app(f"dependencies = [{{ name = 'a', marker = \"{WINDOWS}\" }}, {{ name = 'a' }}]"),
        package("a"),
    )

    assert pinned(closure) == ["a 1.0"]
    assert closure.skipped == ()


def test_extras_of_extras_are_followed_through_a_cycle(locks: Locks) -> None:
    assert locks.names(*EXTRAS) == ["a 1.0"]

    closure = locks.closure(*EXTRAS, selection=Selection(extras=("X",)))

    assert closure.extras == ("x",)
    assert pinned(closure) == ["a 1.0", "b 1.0", "c 1.0"]
    assert [pin.extras for pin in closure.pins] == [("fast",), ("e",), ()]


def test_all_extras_may_be_asked_for_with_exceptions(locks: Locks) -> None:
    selection = Selection(all_extras=True, no_extras=("x",))

    assert locks.closure(*EXTRAS, selection=selection).extras == ("y",)


def test_an_unknown_extra_suggests_the_nearest(locks: Locks) -> None:
    text = app("[package.optional-dependencies]\nserver = []")

    with pytest.raises(ResolveError, match=r"no extra 'sevrer' \(did you mean 'server'\?\)"):
        locks.closure(text, selection=Selection(extras=("sevrer",)))


def test_an_extra_of_the_wheel_without_dependencies_is_known(locks: Locks) -> None:
    wheel = a_wheel(extras=("empty",))

    closure = locks.closure(app(), wheel=wheel, selection=Selection(extras=("empty",)))

    assert closure.extras == ("empty",)


def test_of_two_versions_the_edge_says_which(locks: Locks) -> None:
    parts = (
        app(
            "dependencies = ["
            + exact("a", "1.0", "platform_machine == 'x86_64'")
            + ", "
            + exact("a", "2.0", "platform_machine != 'x86_64'")
            + "]"
        ),
        package("a", "1.0", edges("b")),
        package("a", "2.0"),
        package("b"),
    )

    assert locks.names(*parts, on=LINUX) == ["a 1.0", "b 1.0"]
    assert locks.names(*parts, on=ARM) == ["a 2.0"]


@pytest.mark.parametrize(("python", "version"), [("3.11.0", "1.0"), ("3.11.1", "2.0")])
def test_of_two_versions_the_patch_release_may_decide(
    python: str, version: str, locks: Locks
) -> None:
    one = exact("a", "1.0", "python_full_version <= '3.11'")
    two = exact("a", "2.0", "python_full_version > '3.11'")

    names = locks.names(
        app(f"dependencies = [{one}, {two}]"),
        package("a", "1.0"),
        package("a", "2.0"),
        on=target(python),
    )

    assert names == [f"a {version}"]


def test_two_versions_that_are_both_reached_are_refused(locks: Locks) -> None:
    with pytest.raises(ResolveError, match=r"both 1\.0 and 2\.0 of a are reached"):
        locks.closure(
            app(f"dependencies = [{exact('a', '1.0')}, {exact('a', '2.0')}]"),
            package("a", "1.0"),
            package("a", "2.0"),
        )


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


def test_members_are_supplied_and_virtual_trees_vanish(locks: Locks) -> None:
    closure = locks.closure(
        app(edges("middle")),
        "[[package]]\nname = 'middle'\nsource = { virtual = 'middle' }\n" + edges("lib"),
        "[[package]]\nname = 'lib'\nsource = { editable = 'lib' }\n" + edges("a"),
        package("a"),
    )

    assert [pin.name for pin in closure.pins] == ["a", "lib"]
    assert closure.pins[1].artifact == Supplied(name=closure.pins[1].name, version=None)


def test_the_root_is_not_its_own_dependency(locks: Locks) -> None:
    parts = (
        app(f"{edges('a')}\n[package.optional-dependencies]\nx = [{{ name = 'b' }}]"),
        package("a", body="dependencies = [{ name = 'app', extra = ['x'] }]"),
        package("b"),
    )

    assert locks.names(*parts) == ["a 1.0", "b 1.0"]


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


def test_a_python_outside_the_lock_is_refused(locks: Locks) -> None:
    head = 'version = 1\nrequires-python = ">=3.11,!=3.12.*"\n'

    assert locks.names(app(), head=head, on=target("3.11")) == []
    with pytest.raises(ResolveError, match=r"the lock requires Python .*has 3\.12"):
        locks.names(app(), head=head, on=target("3.12"))


def test_a_python_outside_the_wheel_and_a_foreign_tag_are_refused_together(
    locks: Locks,
) -> None:
    wheel = a_wheel(python=">=3.13", tag="cp313-cp313-win_amd64")

    with pytest.raises(ResolveError) as caught:
        locks.closure(app(), wheel=wheel)

    python, tag = caught.value.problems
    assert "app 1.0 requires Python >=3.13" in python.what
    assert "the wheel is for cp313-cp313-win_amd64" in tag.what


def test_a_group_may_narrow_python(locks: Locks) -> None:
    text = app(
        "[package.dev-dependencies]\nnew = []\n[package.group-requires-python]\nnew = '>=3.13'"
    )
    chosen = Selection(groups=("new",))

    assert locks.closure(text, on=target("3.13"), selection=chosen).groups == ("new",)
    with pytest.raises(ResolveError, match=r"the group 'new' requires Python >=3\.13"):
        locks.closure(text, selection=chosen)


def test_an_environment_that_is_not_supported_is_refused(locks: Locks) -> None:
    head = f"{HEAD}supported-markers = [\"platform_machine == 'aarch64'\"]\n"

    assert locks.names(app(), head=head, on=ARM) == []
    with pytest.raises(ResolveError, match="supports only other environments"):
        locks.names(app(), head=head, on=LINUX)


def test_an_environment_that_no_fork_covers_is_refused(locks: Locks) -> None:
    markers = "[\"platform_machine == 'aarch64' and extra == 'extra-3-app-x'\"]"
    head = f"{HEAD}resolution-markers = {markers}\n"

    assert locks.names(app(), head=head, on=ARM) == []
    with pytest.raises(ResolveError, match="no fork of the lock covers"):
        locks.names(app(), head=head, on=LINUX)


def test_another_version_of_the_project_is_a_remark(locks: Locks) -> None:
    (note,) = locks.closure(app(), wheel=a_wheel(version="1.1")).notes

    assert note == "the wheel has version 1.1, and the lock was made when app had 1.0"
    dynamic = "[[package]]\nname = 'app'\nsource = { editable = '.' }"
    assert locks.closure(dynamic, wheel=a_wheel(version="1.1")).notes == ()


def test_a_project_that_is_there_twice_is_refused(locks: Locks) -> None:
    with pytest.raises(LockError, match="'app' is there 2 times"):
        locks.closure(app(), app(source="{ directory = 'other' }"))


def test_a_consumers_lock_serves_the_same_version_from_the_index(locks: Locks) -> None:
    closure = locks.closure(package("app", "1.0", edges("a")), package("a"))

    assert pinned(closure) == ["a 1.0"]
    assert closure.notes == (
        "the lock takes app from an index: it belongs to a project that uses it",
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(seed=st.integers(0, 1000), everything=st.booleans())
def test_the_order_of_packages_in_the_lock_changes_nothing(
    seed: int, *, everything: bool, tmp_path: Path
) -> None:
    locks, selection = Locks(tmp_path), Selection(all_extras=everything)
    parts = [*EXTRAS, package("stray", body=edges("a"))]
    ordered = locks.closure(*parts, selection=selection)

    random.Random(seed).shuffle(parts)
    shuffled = locks.closure(*parts, selection=selection)

    assert pinned(shuffled) == pinned(ordered)
    assert [pin.required_by for pin in shuffled.pins] == [
        pin.required_by for pin in ordered.pins
    ]
    one_each = {pin.name for pin in shuffled.pins}
    assert len(one_each) == len(shuffled.pins)
    reached = {requirer.name for pin in shuffled.pins for requirer in pin.required_by}
    assert reached <= one_each | {"app"}
