"""How a distribution comes in, and how one that is left out would have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from repackage.closure import Paths, missed, paths
from repackage.closure._paths import PATIENCE
from repackage.resolve import Selection
from tests.unit.resolve.locks import LINUX, Locks, app, edges, exact, package, target

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.closure import Closure

WINDOWS = "sys_platform == 'win32'"


@pytest.fixture
def locks(tmp_path: Path) -> Locks:
    return Locks(tmp_path)


def spelt(found: Paths) -> list[str]:
    """Paths as ``a > b[x] > c``."""
    return [
        " > ".join(
            f"{step.name}[{','.join(step.edge.extras)}]" if step.edge.extras else step.name
            for step in path
        )
        for path in found.found
    ]


def ways(closure: Closure, name: str, *, limit: int = 10) -> list[str]:
    return spelt(paths(closure, canonicalize_name(name), limit=limit))


def missing(closure: Closure, name: str) -> list[str]:
    return spelt(missed(closure, canonicalize_name(name)))


def test_paths_come_shortest_first(locks: Locks) -> None:
    closure = locks.closure(
        app(edges("a", "c")),
        package("a", body=edges("b")),
        package("b", body=edges("c")),
        package("c"),
    )

    assert ways(closure, "c") == ["c", "a > b > c"]
    assert ways(closure, "a") == ["a"]
    assert ways(closure, "app") == []
    assert ways(closure, "stranger") == []


def test_a_cycle_is_gone_round_once(locks: Locks) -> None:
    closure = locks.closure(
        app(edges("a")), package("a", body=edges("b")), package("b", body=edges("a", "app"))
    )

    assert ways(closure, "b") == ["a > b"]
    assert ways(closure, "a") == ["a"]
    assert ways(closure, "app") == ["a > b > app"]


def test_an_extra_is_entered_only_by_who_asks_for_it(locks: Locks) -> None:
    closure = locks.closure(
        app("dependencies = [{ name = 'plain' }, { name = 'fancy' }]\n"),
        package("plain", body=edges("a")),
        package("fancy", body="dependencies = [{ name = 'a', extra = ['x'] }]"),
        package("a", body="[package.optional-dependencies]\nx = [{ name = 'b' }]"),
        package("b"),
    )

    assert ways(closure, "b") == ["fancy > a[x] > b"]
    ((*_, last),) = paths(closure, canonicalize_name("b")).found
    assert (last.edge.name, last.edge.extra, last.skipped) == ("a", "x", None)


def test_an_extra_of_the_wheel_itself_may_be_asked_for_from_below(locks: Locks) -> None:
    body = f"{edges('a')}\n[package.optional-dependencies]\nx = [{{ name = 'b' }}]"
    parts = (
        app(body),
        package("a", body="dependencies = [{ name = 'app', extra = ['x'] }]"),
        package("b"),
    )

    assert ways(locks.closure(*parts), "b") == ["a > app[x] > b"]
    selected = locks.closure(*parts, selection=Selection(extras=("x",)))
    assert ways(selected, "b") == ["b", "a > app[x] > b"]


def test_no_path_comes_back_to_what_was_open_before(locks: Locks) -> None:
    closure = locks.closure(
        app("dependencies = [{ name = 'core', extra = ['x', 'y'] }]"),
        package(
            "core",
            body=f"{edges('z')}\n[package.optional-dependencies]\n"
            "x = [{ name = 'plugin' }]\ny = [{ name = 'late' }]",
        ),
        package("plugin", body="dependencies = [{ name = 'core', extra = ['y'] }]"),
        package("late"),
        package("z"),
    )

    assert ways(closure, "z") == ["core[x,y] > z"]
    assert ways(closure, "late") == ["core[x,y] > late"]


def test_a_group_is_a_beginning(locks: Locks) -> None:
    body = f"{edges('a')}\n[package.dev-dependencies]\ndev = [{{ name = 'b' }}]"
    parts = (app(body), package("a"), package("b", body=edges("a")))
    closure = locks.closure(*parts, selection=Selection(only_groups=("dev",)))

    assert ways(closure, "a") == ["b > a"]
    ((first, _),) = paths(closure, canonicalize_name("a")).found
    assert first.edge.group == "dev"


def test_a_path_leads_through_what_is_virtual(locks: Locks) -> None:
    closure = locks.closure(
        app(edges("shell")),
        "[[package]]\nname = 'shell'\nversion = '1'\nsource = { virtual = 'shell' }\n"
        + edges("a"),
        package("a"),
    )

    assert ways(closure, "a") == ["shell > a"]
    assert [passed.name for passed in closure.passed] == ["shell"]
    (skipped,) = closure.skipped
    assert (skipped.name, skipped.kind) == ("shell", "virtual")


def test_what_is_beyond_the_limit_is_counted(locks: Locks) -> None:
    names = [f"n{number}" for number in range(6)]
    closure = locks.closure(
        app(edges(*names)), *(package(name, body=edges("z")) for name in names), package("z")
    )

    found = paths(closure, canonicalize_name("z"), limit=2)

    assert (len(found.found), found.more, found.counted) == (2, 4, True)


def test_of_a_dense_graph_there_is_an_end(locks: Locks) -> None:
    names = [f"n{number}" for number in range(12)]
    closure = locks.closure(
        app(edges(*names)),
        *(package(name, body=edges(*names, "z")) for name in names),
        package("z"),
    )

    found = paths(closure, canonicalize_name("z"), limit=3)

    assert spelt(found) == ["n0 > z", "n1 > z", "n10 > z"]
    assert not found.counted
    assert found.more < PATIENCE


def test_what_is_left_out_names_what_bars_it(locks: Locks) -> None:
    body = (
        f"dependencies = [{{ name = 'win', marker = \"{WINDOWS}\" }}]\n"
        "[package.optional-dependencies]\nx = [{ name = 'a', extra = ['e'] }]\n"
        "[package.dev-dependencies]\ndev = [{ name = 'a' }]"
    )
    closure = locks.closure(
        app(body),
        package(
            "a", body=f"{edges('b')}\n[package.optional-dependencies]\ne = [{{ name = 'c' }}]"
        ),
        package("b"),
        package("c"),
        package("win", body=edges("b")),
    )

    assert missing(closure, "win") == ["win"]
    assert missing(closure, "c") == ["a[e] > c"]
    assert sorted(missing(closure, "b")) == ["a > b", "a[e] > b", "win > b"]
    ((first, last),) = missed(closure, canonicalize_name("c")).found
    assert first.skipped is not None
    assert first.skipped.reason == "the extra 'x' is not selected"
    assert (first.barred, last.barred) == (True, False)
    assert not paths(closure, canonicalize_name("c"))


def test_what_is_the_least_barred_comes_first_and_alone(locks: Locks) -> None:
    old = exact("a", "1.0", "python_full_version < '3.11'")
    new = exact("a", "2.0", "python_full_version >= '3.11'")
    closure = locks.closure(
        app(f"[package.dev-dependencies]\ndev = [{old}, {new}]"),
        package("a", "1.0"),
        package("a", "2.0"),
    )

    found = missed(closure, canonicalize_name("a"))

    assert [str(path[-1].version) for path in found.found] == ["2.0"]
    assert found.more == 1


def test_another_version_than_the_one_that_is_taken_is_a_fork(locks: Locks) -> None:
    old = exact("a", "1.0", "python_full_version < '3.11'")
    new = exact("a", "2.0", "python_full_version >= '3.11'")
    parts = (app(f"dependencies = [{old}, {new}]"), package("a", "1.0"), package("a", "2.0"))

    for on, taken, other in ((LINUX, "2.0", "1.0"), (target("3.10"), "1.0", "2.0")):
        closure = locks.closure(*parts, on=on)
        ((step,),) = missed(closure, canonicalize_name("a")).found
        assert step.skipped is not None
        assert (str(step.version), step.skipped.kind) == (other, "fork")
        assert step.skipped.reason.endswith(f"version {taken} is taken here")


def test_a_missed_path_begins_at_the_wheel_too(locks: Locks) -> None:
    closure = locks.closure(
        app(edges("a", "b")),
        package("a", body="dependencies = [{ name = 'b', extra = ['x'] }]"),
        package(
            "b",
            body="[package.optional-dependencies]\n"
            f"x = [{{ name = 'win', marker = \"{WINDOWS}\" }}]\ny = [{{ name = 'c' }}]",
        ),
        package("win"),
        package("c"),
    )

    assert missing(closure, "win") == ["a > b[x] > win"]
    assert missing(closure, "c") == ["b > c"]
    (path,) = missed(closure, canonicalize_name("win")).found
    assert [step.bars for step in path] == [0, 0, 1]


def test_a_group_of_the_workspace_is_missed_at_once(locks: Locks) -> None:
    closure = locks.closure(
        "[manifest]\nmembers = ['app', 'around']",
        "[[package]]\nname = 'around'\nversion = '1'\nsource = { virtual = '.' }\n"
        "[package.dev-dependencies]\nlint = [{ name = 'a' }]",
        app(source="{ editable = 'app' }"),
        package("a", body=edges("b")),
        package("b"),
    )

    assert missing(closure, "b") == ["a > b"]
