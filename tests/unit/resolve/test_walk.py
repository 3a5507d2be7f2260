"""From lock to pins: which edges are followed (uv-lock selection list)."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repackage.closure import FromSource
from repackage.errors import LockError, ResolveError
from repackage.resolve import Selection
from tests.unit.resolve.locks import (
    ARM,
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
    assert skipped.reason == f"only where {WINDOWS}"


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


def test_members_are_supplied_and_virtual_trees_vanish(locks: Locks) -> None:
    closure = locks.closure(
        app(edges("middle")),
        "[[package]]\nname = 'middle'\nsource = { virtual = 'middle' }\n" + edges("lib"),
        "[[package]]\nname = 'lib'\nsource = { editable = 'lib' }\n" + edges("a"),
        package("a"),
    )

    assert [pin.name for pin in closure.pins] == ["a", "lib"]
    assert closure.pins[1].artifact == FromSource(name=closure.pins[1].name, version=None)


def test_the_root_is_not_its_own_dependency(locks: Locks) -> None:
    parts = (
        app(f"{edges('a')}\n[package.optional-dependencies]\nx = [{{ name = 'b' }}]"),
        package("a", body="dependencies = [{ name = 'app', extra = ['x'] }]"),
        package("b"),
    )

    assert locks.names(*parts) == ["a 1.0", "b 1.0"]


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
