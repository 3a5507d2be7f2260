"""A wheel that the lock has never seen: the lock constrains what METADATA require."""

from __future__ import annotations

import pytest

from repackage.errors import ResolveError
from repackage.resolve import Selection
from tests.unit.resolve.locks import (
    ARM,
    HEAD,
    LINUX,
    Locks,
    a_wheel,
    app,
    edges,
    package,
    pinned,
)

LOCKED = (
    package("a", "1.5", edges("b")),
    package("b"),
    package("c", body="[package.optional-dependencies]\ne = [{ name = 'd' }]"),
    package("d"),
)


def test_the_requirements_of_the_wheel_are_the_roots(locks: Locks) -> None:
    wheel = a_wheel(requires=["a>=1", "missing; sys_platform == 'win32'"])

    closure = locks.closure(*LOCKED, wheel=wheel)

    assert pinned(closure) == ["a 1.5", "b 1.0"]
    assert closure.pins[0].required_by[0].name == "app"
    assert closure.notes == (
        "the lock has no app: it constrains what the wheel's metadata require",
    )


def test_extras_of_the_wheel_are_widened_by_references_to_itself(locks: Locks) -> None:
    wheel = a_wheel(
        requires=["c[e]; extra == 'x'", "app[x]; extra == 'all'", "app[all]; extra == 'x'"],
        extras=("x", "all"),
    )

    closure = locks.closure(*LOCKED, wheel=wheel, selection=Selection(extras=("all",)))

    assert pinned(closure) == ["c 1.0", "d 1.0"]
    assert closure.pins[0].required_by[0].extra == "x"
    assert pinned(locks.closure(*LOCKED, wheel=wheel)) == []


def test_everything_that_the_lock_cannot_answer_is_reported_at_once(locks: Locks) -> None:
    wheel = a_wheel(requires=["a>=2", "missing", "c[f]"])

    with pytest.raises(ResolveError) as caught:
        locks.closure(*LOCKED, wheel=wheel)

    old, missing, extra = (problem.what for problem in caught.value.problems)
    assert old == "the wheel requires 'a>=2': no locked version fits (locked: 1.5)"
    assert missing == "the wheel requires 'missing': the lock has nothing of that name"
    assert extra == "'c[f]' asks for an extra that the lock does not have"


def test_unknown_extras_and_groups_are_refused(locks: Locks) -> None:
    with pytest.raises(ResolveError) as caught:
        locks.closure(
            *LOCKED,
            wheel=a_wheel(extras=("server",)),
            selection=Selection(extras=("sever",), groups=("dev",)),
        )

    extra, group = caught.value.problems
    assert extra.advice == "did you mean 'server'?"
    assert "no dependency group 'dev'" in group.what


def test_of_two_versions_the_forks_say_which(locks: Locks) -> None:
    parts = (
        package("a", "1.0", "resolution-markers = [\"platform_machine == 'x86_64'\"]"),
        package("a", "2.0", "resolution-markers = [\"platform_machine != 'x86_64'\"]"),
    )
    wheel = a_wheel(requires=["a"])

    assert pinned(locks.closure(*parts, wheel=wheel, on=LINUX)) == ["a 1.0"]
    assert pinned(locks.closure(*parts, wheel=wheel, on=ARM)) == ["a 2.0"]


def test_two_versions_that_both_fit_are_refused(locks: Locks) -> None:
    with pytest.raises(
        ResolveError, match=r"more than one version fits \(locked: 1\.0, 2\.0\)"
    ):
        locks.closure(package("a", "1.0"), package("a", "2.0"), wheel=a_wheel(requires=["a"]))


def test_another_version_of_the_project_on_an_index_constrains(locks: Locks) -> None:
    closure = locks.closure(
        package("app", "0.9", edges("c")), *LOCKED, wheel=a_wheel(requires=["b"])
    )

    assert pinned(closure) == ["b 1.0"]
    assert closure.notes[0].startswith("the lock has app only as 0.9")


@pytest.mark.parametrize("atom", ["extra-3-svc-x", "group-3-svc-g", "project-3-svc"])
def test_an_edge_that_depends_on_a_project_outside_is_refused(atom: str, locks: Locks) -> None:
    items = "{ package = 'svc', extra = 'x' }, { package = 'svc', group = 'g' }"
    head = f"{HEAD}conflicts = [[{items}, {{ package = 'svc' }}]]\n"
    depends = f"dependencies = [{{ name = 'b', marker = \"extra == '{atom}'\" }}]"

    with pytest.raises(ResolveError, match=f"whether a needs b depends on {atom}"):
        locks.closure(
            app().replace('name = "app"', 'name = "svc"'),
            package("a", body=depends),
            package("b"),
            head=head,
            wheel=a_wheel(requires=["a"]),
        )
