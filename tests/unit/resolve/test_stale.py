"""Whether the wheel and the lock still belong together, judged by METADATA alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from repackage.resolve import Selection
from repackage.resolve._equivalence import equivalent, satisfiable
from repackage.resolve._specifiers import same_versions
from tests.unit.resolve.locks import Locks, a_wheel, app, edges, package

DECLARED = (
    '[package.metadata]\nprovides-extras = ["x", "all"]\nrequires-dist = ['
    '{ name = "a", specifier = ">=1,<3" },'
    " { name = \"b\", marker = \"python_full_version < '3.11' or sys_platform == 'win32'\" },"
    ' { name = "c", extras = ["e"], marker = "extra == \'x\'", specifier = "==1.*" },'
    ' { name = "app", extras = ["x"], marker = "extra == \'all\'" },'
    ' { name = "d", git = "https://git.example/d?rev=main", marker = "extra == \'all\'" },'
    ' { name = "e", marker = "python_full_version < \'3.9\'" }]'
)
REQUIRES = (
    "a<3,>=1",
    "b; sys_platform == 'win32' or python_version < '3.11'",
    "c[e]==1.*; extra == 'x'",
    "app[x]; extra == 'all'",
    "d; extra == 'all'",
)
LOCKED = app(DECLARED)


def stale(locks: Locks, *requires: str, extras: tuple[str, ...] = ("x", "all")) -> list[str]:
    """What a wheel with these requirements is found to declare otherwise."""
    wheel = a_wheel(requires=requires, extras=extras)
    return list(locks.closure(LOCKED, wheel=wheel).stale)


def test_a_fresh_wheel_differs_in_spelling_only(locks: Locks) -> None:
    assert stale(locks, *REQUIRES) == []


def test_a_backend_may_expand_references_to_the_project_itself(locks: Locks) -> None:
    expanded = ("c[e]==1.*; extra == 'all'", "d>=2; extra == 'all'")

    assert stale(locks, *REQUIRES[:3], *expanded) == []


def test_a_cycle_of_references_to_the_project_itself_ends(locks: Locks) -> None:
    cycle = "app[all]; extra == 'x'"

    assert stale(locks, *REQUIRES, cycle) == [
        "the wheel requires 'd' for the extra 'x', the lock was made without it"
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({0: None}, "the lock was made with 'a<3,>=1', the wheel does not require it"),
        ({0: "a>=1,<4"}, "the wheel requires 'a<4,>=1', the lock was made without it"),
        ({0: "a[z]<3,>=1"}, "the wheel requires 'a[z]<3,>=1', the lock was made without it"),
        ({1: "b; sys_platform == 'win32'"}, "the wheel requires 'b' under another marker"),
        ({1: "b"}, "the wheel requires 'b' under another marker"),
        ({2: "c[e]==2.*; extra == 'x'"}, "'c[e]==2.*' for the extra 'x'"),
        ({3: None}, "the lock was made with 'c[e]==1.*' for the extra 'all'"),
        ({0: "new"}, "the wheel requires 'new', the lock was made without it"),
    ],
)
def test_every_change_is_found(change: dict[int, str | None], said: str, locks: Locks) -> None:
    requires = [change.get(place, text) for place, text in enumerate(REQUIRES)]

    found = stale(locks, *(text for text in requires if text is not None))

    assert any(said in sentence for sentence in found), found


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("~=1.4.2", ">=1.4.2,<1.5.0", True),
        ("~=0.4", ">=0.4,<1.0", True),
        ("~=2.0rc1", ">=2.0rc1,<3.0", True),
        ("==2.*,>=2.1", ">=2.1,<3", True),
        (">=1,>=1.2", ">=1.2", True),
        ("<=2,<3", "<=2.0", True),
        ("!=0.5,>=1.0", ">=1", True),
        ("~=1.4,!=1.5.0", ">=1.4,!=1.5,<2.0", True),
        (">=1.4,<1.6", ">=1.4,<=1.6", False),
        ("~=1.4", ">=1.4,<1.5", False),
        ("~=1.4", "==1.4.*", False),
        (">=1,!=1.5", ">=1", False),
        (">=1,!=1.5.*", ">=1,!=1.5", False),
        (">1.0", ">=1.0", False),
        (">=1", ">=1.0a1", False),
        ("==1.0", "==1.0.*", False),
        ("==1.0", "==1.0+local", False),
        (">=2!1.0", ">=1.0", False),
        ("===1.0", "==1.0", False),
        ("", ">=0", False),
    ],
)
def test_specifiers_are_compared_by_the_versions_that_they_admit(
    left: str, right: str, *, same: bool
) -> None:
    sides = frozenset(SpecifierSet(left)), frozenset(SpecifierSet(right))

    assert same_versions(*sides) is same
    assert same_versions(*reversed(sides)) is same


def test_a_back_end_may_put_specifiers_in_its_own_words(locks: Locks) -> None:
    declared = app(
        '[package.metadata]\nprovides-extras = ["x"]\nrequires-dist = ['
        '{ name = "a", specifier = "~=1.4" },'
        ' { name = "a", specifier = ">=1.4,<2", marker = "extra == \'x\'" }]'
    )

    def found(*requires: str) -> tuple[str, ...]:
        wheel = a_wheel(requires=requires, extras=("x",))
        return locks.closure(declared, wheel=wheel).stale

    assert found("a>=1.4,<2.0", "a<2.0,>=1.4; extra == 'x'") == ()
    assert found("a>=1.4,<2.1", "a>=1.4,<2.0; extra == 'x'") != ()


def test_before_extras_were_recorded_they_are_not_compared(locks: Locks) -> None:
    old = app('[package.metadata]\nrequires-dist = [{ name = "a", specifier = ">=1" }]')

    closure = locks.closure(old, wheel=a_wheel(requires=["a>=1"], extras=("x",)))

    assert closure.stale == ()


def test_an_extra_that_came_or_went_is_found(locks: Locks) -> None:
    assert stale(locks, *REQUIRES, extras=("x", "all", "new")) == [
        "the wheel has the extra 'new', the lock was made without it"
    ]
    assert stale(locks, *REQUIRES, extras=("x",)) == [
        "the lock was made with the extra 'all', the wheel does not have it"
    ]


@pytest.mark.parametrize(
    ("python", "fresh"),
    [(">=3.10", True), (">=3.8", True), (">=3.11", False), ("<3.14", False)],
)
def test_the_range_of_the_lock_lies_inside_the_wheels(
    python: str, locks: Locks, *, fresh: bool
) -> None:
    found = locks.closure(app(), wheel=a_wheel(python=python)).stale

    assert (found == ()) is fresh


def test_a_lock_without_declarations_is_judged_by_its_edges(locks: Locks) -> None:
    parts = (
        app(f"{edges('a', 'b')}\n[package.optional-dependencies]\nx = [{{ name = 'c' }}]"),
        package("a"),
        package("b"),
        package("c"),
    )

    def found(*requires: str) -> list[str]:
        wheel = a_wheel(requires=requires, extras=("x",))
        return list(locks.closure(*parts, wheel=wheel).stale)

    assert found("a>=1", "b", "c; extra == 'x'", "z; python_version < '3.8'") == []
    assert found("a>=2", "c; extra == 'x'") == [
        "probably: the wheel requires 'a>=2', no edge of the lock satisfies it",
        "probably: the lock was made with 'b', the wheel does not require it",
    ]
    assert found("a", "b") == [
        "probably: the lock was made with 'c' for the extra 'x', the wheel does not require it"
    ]


def test_a_consumers_lock_has_of_a_package_only_the_extras_that_it_uses(locks: Locks) -> None:
    wheel = a_wheel(requires=("a", "b; extra == 'x'"), extras=("x",))
    parts = (package("app", body=edges("a")), package("a"))

    unselected = locks.closure(*parts, wheel=wheel)
    selected = locks.closure(*parts, wheel=wheel, selection=Selection(extras=("x",)))

    assert unselected.stale == ()
    assert selected.stale == (
        "probably: the wheel requires 'b' for the extra 'x', no edge of the lock satisfies it",
    )


ATOMS = st.sampled_from(
    [
        "python_version < '3.12'",
        "python_full_version >= '3.11.4'",
        "sys_platform == 'win32'",
        "platform_system != 'Windows'",
        "os_name == 'posix'",
        "platform_machine in 'x86_64 AMD64'",
        "implementation_name == 'pypy'",
        "'arm' in platform_machine",
        "platform_release >= '20'",
    ]
)
ANY = SpecifierSet(">=3.10")


@given(left=ATOMS, right=ATOMS)
def test_equivalence_does_not_depend_on_how_a_condition_is_put(left: str, right: str) -> None:
    both = (((f"{left} and {right}", ""),), ((f"{right} and {left}", ""),))

    assert equivalent((both[0],), (both[1],), python=ANY)
    assert equivalent(
        (((left, ""),), ((right, ""),)), (((f"{right} or {left}", ""),),), python=ANY
    )
    assert equivalent((((left, ""), (right, "")),), (both[0],), python=ANY)
    assert not equivalent((((left, ""),),), (), python=ANY)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("platform_system == 'Windows'", "sys_platform == 'win32'", True),
        ("python_version > '3.11'", "python_full_version >= '3.12'", True),
        ("python_version >= '3.9'", "", True),
        ("os_name == 'nt' and sys_platform == 'linux'", "python_version < '3'", True),
        ("python_full_version > '3.11'", "python_full_version >= '3.12'", False),
        ("sys_platform == 'linux'", "sys_platform != 'win32'", False),
        ("platform_python_implementation == 'PyPy'", "implementation_name == 'pypy'", True),
        ("platform_machine == 'x86_64'", "platform_machine != 'aarch64'", False),
        ("python_version != 'x' or python_version == 'x'", "", True),
        ("platform_system == 'Plan9'", "sys_platform == 'plan9'", False),
    ],
)
def test_markers_are_compared_by_what_they_mean(left: str, right: str, *, same: bool) -> None:
    assert equivalent((((left, ""),),), (((right, ""),),), python=ANY) is same


def test_what_no_python_of_the_lock_fulfils_cannot_be_required() -> None:
    assert not satisfiable(((("python_version < '3.10'", ""),),), python=ANY)
    assert satisfiable(((("python_version < '3.11'", ""),),), python=ANY)
