"""Staged distributions against the lock, verdict by verdict."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.check import PackageRules, Rules, check_staged
from repackage.errors import ContraventionError, IncompleteError, InputError
from repackage.lock import DIGITS, new_digest
from repackage.tree import Tree, inline_file
from repackage.wheel import read_wheel
from tests.unit.check.conftest import INDEX, staged

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.check import Finding, Policy, Report
    from repackage.lock import Algorithm
    from tests.unit.check.conftest import World


def check(
    world: World,
    *wheels: Path,
    policy: Policy | Rules = "locked",
    skipped: tuple[str, ...] = (),
    root: Path | None = None,
) -> Report:
    """Stage the root wheel and others, and judge the tree."""
    root = root or world.make()
    standard = world.standard(root, policy=policy, skipped=skipped)
    return check_staged(staged(root, *wheels), standard)


def finding(report: Report, name: str) -> Finding:
    (only,) = [finding for finding in report.findings if finding.name == name]
    return only


def test_what_is_as_locked_is_satisfied(world: World) -> None:
    wheel = world.make("dep", "1.2")
    world.lock("dep", "1.2", wheel=wheel)

    report = check(world, wheel)

    assert finding(report, "dep").verdict == "satisfied"
    assert finding(report, "app").verdict == "member"
    assert {one.severity for one in report.findings} == {"ok"}
    report.raise_if_contravened()


def test_a_finding_names_what_is_installed_what_is_locked_and_who_required_it(
    world: World,
) -> None:
    world.lock("dep", "1.2", wheel=world.make("dep", "1.2"))

    report = check(world, world.make("dep", "1.3"))

    found = finding(report, "dep")
    assert str(found).startswith("dep: 1.3 is installed")
    assert (found.verdict, found.installed, found.locked) == ("version-differs", "1.3", "1.2")
    assert found.required_by == ("app 1.0",)
    with pytest.raises(ContraventionError) as caught:
        report.raise_if_contravened()
    assert str(caught.value) == (
        "dep: 1.3 is installed, and the lock has 1.2 (newer, in range), required by"
        " app 1.0 (version-differs is an error under the policy 'locked')"
    )


@pytest.mark.parametrize(
    ("locked", "installed", "verdict"),
    [
        ("1.0", "1.0+cpu", "local-differs"),
        ("1.0+cpu", "1.0+cu124", "local-differs"),
        ("1.0", "1.0.post1", "post-differs"),
        ("1.0.post2", "1", "post-differs"),
        ("1.0", "1.0rc1", "version-differs"),
        ("1.0", "2!1.0", "version-differs"),
        ("1.0", "0.9", "version-differs"),
    ],
)
def test_how_versions_differ(world: World, locked: str, installed: str, verdict: str) -> None:
    world.lock("dep", locked, wheel=world.make("dep", locked))

    report = check(world, world.make("dep", installed))

    assert finding(report, "dep").verdict == verdict
    assert report.contravenes


def test_equal_versions_may_be_spelled_differently(world: World) -> None:
    wheel = world.make("dep", "1.0.0")
    world.lock("dep", "1.0", wheel=wheel)

    assert finding(check(world, wheel), "dep").verdict == "satisfied"


def test_a_version_of_another_fork_is_named_so(world: World) -> None:
    wheel = world.make("dep", "2.0")
    world.lock("dep", "1.0", wheel=world.make("dep", "1.0"))
    world.lock("dep", "2.0", wheel=wheel, reach=False)

    assert finding(check(world, wheel), "dep").verdict == "fork-differs"


@pytest.mark.parametrize("algorithm", DIGITS)
def test_a_wheel_is_held_to_the_digest_that_the_lock_has(
    world: World, algorithm: Algorithm
) -> None:
    wheel = world.make("dep", "1.0")
    digest = new_digest(algorithm)
    digest.update(wheel.read_bytes())
    world.lock("dep", "1.0", wheel=wheel, hash_=f"{algorithm}:{digest.hexdigest()}")

    assert finding(check(world, wheel), "dep").verdict == "satisfied"


def test_other_bytes_of_the_locked_version_are_a_mismatch(world: World) -> None:
    wheel = world.make("dep", "1.0")
    world.lock("dep", "1.0", wheel=wheel, hash_="sha256:" + "0" * 64)

    report = check(world, wheel)

    assert finding(report, "dep").verdict == "hash-mismatch"
    assert report.contravenes


def test_any_hash_algorithm_of_the_lock_is_understood(world: World) -> None:
    wheel = world.make("dep", "1.0")
    digest = hashlib.sha512(wheel.read_bytes()).hexdigest()
    world.lock("dep", "1.0", wheel=wheel, hash_=f"sha512:{digest}")

    assert finding(check(world, wheel), "dep").verdict == "satisfied"


@pytest.mark.parametrize(("policy", "severity"), [("locked", "note"), ("exact", "error")])
def test_a_wheel_built_from_the_locked_sdist(
    world: World, policy: Policy, severity: str
) -> None:
    world.lock("dep", "1.0", sdist=True)

    found = finding(check(world, world.make("dep", "1.0"), policy=policy), "dep")

    assert (found.verdict, found.severity) == ("satisfied-sdist", severity)


def test_a_wheel_built_from_the_locked_commit_is_one_from_a_source(world: World) -> None:
    commit = "0123456789012345678901234567890123456789"
    world.lock("dep", "1.0", source=f'git = "https://git.example/dep#{commit}"')

    found = finding(check(world, world.make("dep", "1.0")), "dep")

    assert (found.verdict, found.severity) == ("satisfied-sdist", "note")


def test_a_given_wheel_of_another_version_than_the_locked_sdist_is_refused(
    world: World,
) -> None:
    world.lock("dep", "1.0", sdist=True)

    report = check(world, world.make("dep", "1.1"))

    assert finding(report, "dep").verdict == "version-differs"
    assert report.contravenes


def test_a_given_wheel_cannot_stand_in_for_a_source_that_the_lock_does_not_have(
    world: World,
) -> None:
    world.lock("dep", "1.0")

    report = check(world, world.make("dep", "1.0"))

    assert finding(report, "dep").verdict == "hash-mismatch"
    assert report.contravenes


def test_a_lock_without_a_hash_is_enough_unless_the_policy_is_exact(world: World) -> None:
    wheel = world.make("dep", "1.0")
    world.lock("dep", "1.0", wheel=wheel, hash_="")

    assert finding(check(world, wheel), "dep").verdict == "satisfied"
    exact = finding(check(world, wheel, policy="exact"), "dep")
    assert (exact.verdict, exact.severity) == ("hash-unverifiable", "error")


def test_a_stranger_contravenes(world: World) -> None:
    report = check(world, world.make("stranger"))

    assert finding(report, "stranger").verdict == "not-in-lock"
    assert report.contravenes


def test_what_the_target_excludes_is_a_warning_that_says_why(world: World) -> None:
    wheel = world.make("colorama")
    world.lock("colorama", "1.0", wheel=wheel, reach=False, marker="os_name == 'nt'")

    report = check(world, wheel, skipped=("colorama",))

    found = finding(report, "colorama")
    assert (found.verdict, found.severity) == ("marker-excluded", "warning")
    assert "sys_platform == 'win32' is false" in found.message
    assert not report.contravenes


def test_what_nobody_selected_is_a_warning(world: World) -> None:
    wheel = world.make("pytest")
    world.lock("pytest", "1.0", wheel=wheel, reach=False)

    found = finding(check(world, wheel), "pytest")

    assert (found.verdict, found.severity, found.locked) == ("unselected", "warning", "1.0")


def test_what_is_missing_is_incomplete_but_no_contravention(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))

    report = check(world)

    assert finding(report, "dep").verdict == "missing"
    assert report.incomplete
    assert not report.contravenes
    with pytest.raises(IncompleteError, match="dep: it is not installed, and the lock has 1"):
        report.raise_if_contravened()


def test_a_contravention_is_raised_together_with_what_is_missing(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))

    report = check(world, world.make("stranger"))

    with pytest.raises(ContraventionError) as caught:
        report.raise_if_contravened()
    assert [problem.where for problem in caught.value.problems] == ["dep", "stranger"]


def test_a_members_version_is_only_a_note(world: World) -> None:
    world.lock("lib", "0.1", source='editable = "lib"')

    found = finding(check(world, world.make("lib", "0.2")), "lib")

    assert (found.verdict, found.severity) == ("member", "note")
    assert "the lock was written at 0.1" in found.message


def test_a_member_may_have_no_version_in_the_lock(world: World) -> None:
    world.entries.append('[[package]]\nname = "lib"\nsource = { editable = "lib" }')
    world.reached.append(("lib", "None"))

    found = finding(check(world, world.make("lib", "0.2")), "lib")

    assert (found.verdict, found.severity, found.locked) == ("member", "ok", "")


def test_a_virtual_member_is_never_missing(world: World) -> None:
    world.lock("lib", "0.1", source='virtual = "lib"')

    report = check(world)

    assert [one.name for one in report.findings] == ["app"]


def test_a_root_wheel_that_the_lock_does_not_know_is_allowed(world: World) -> None:
    report = check(world, root=world.make("other", "3.0"))

    assert finding(report, "other").verdict == "satisfied"


def test_an_application_of_another_version_contravenes_nothing_when_it_is_a_member(
    world: World,
) -> None:
    standard = world.standard(world.make("app", "2.0"))

    report = check_staged(staged(world.make("app", "1.0")), standard)

    found = finding(report, "app")
    assert (found.verdict, found.severity) == ("member", "note")


def test_an_absent_application_is_missing(world: World) -> None:
    report = check_staged(Tree(()), world.standard(world.make()))

    assert finding(report, "app").verdict == "missing"


def test_where_groups_alone_are_selected_the_application_is_not_missed(world: World) -> None:
    standard = world.standard(world.make())
    groups_alone = replace(standard, closure=replace(standard.closure, production=False))

    assert check_staged(Tree(()), groups_alone).findings == ()


def test_another_build_of_the_root_wheel_is_a_mismatch(world: World) -> None:
    root = world.make(files={"app.py": "one"})
    standard = world.standard(root)
    other = read_wheel(world.make(files={"app.py": "two"}))

    report = check_staged([other], standard)

    assert finding(report, "app").verdict == "hash-mismatch"


def test_two_of_one_name_in_one_directory_are_a_duplicate(world: World) -> None:
    wheel = world.make("dep", "1.0")
    world.lock("dep", "1.0", wheel=wheel)
    old = "Metadata-Version: 2.1\nName: dep\nVersion: 0.9\n"
    second = {"dep-1.0.data/purelib/dep-0.9.dist-info/METADATA": old}
    hidden = world.make("dep", "1.0", files={"dep.py": "", **second})

    report = check(world, hidden)

    verdicts = sorted(one.verdict for one in report.findings if one.name == "dep")
    assert "duplicate" in verdicts
    (duplicate,) = [one for one in report.findings if one.verdict == "duplicate"]
    assert duplicate.message == (
        "it is installed 2 times: dep-0.9.dist-info, dep-1.0.dist-info"
    )


def test_a_vendored_distribution_is_part_of_its_host(world: World) -> None:
    vendored = {"dep/_vendor/x-9.dist-info/METADATA": "Name: x\nVersion: 9\n"}
    wheel = world.make("dep", "1.0", files={"dep/__init__.py": "", **vendored})
    world.lock("dep", "1.0", wheel=wheel)

    report = check(world, wheel)

    assert [one.name for one in report.findings] == ["app", "dep"]


def test_metadata_that_cannot_be_read_are_unusable_input(world: World) -> None:
    standard = world.standard(world.make())
    tree = Tree(
        (
            inline_file("a-1.dist-info/METADATA", b"Name: a\nVersion: one\n", mtime=0),
            inline_file("b-1.dist-info/METADATA", b"Version: 1\n", mtime=0),
        )
    )

    with pytest.raises(InputError) as caught:
        check_staged(tree, standard)

    text = str(caught.value)
    assert "a-1.dist-info" in text
    assert "b-1.dist-info" in text


def test_wheels_are_judged_as_a_tree_is(world: World) -> None:
    wheel = world.make("dep", "1.0")
    world.lock("dep", "1.0", wheel=wheel, source=INDEX)
    root = world.make()
    standard = world.standard(root)
    wheels = [read_wheel(root), read_wheel(wheel)]

    from_wheels = check_staged(wheels, standard)
    from_tree = check_staged(staged(root, wheel), standard, wheels=wheels)

    def told(report: Report) -> list[tuple[str, str, str]]:
        return [(one.name, one.verdict, one.message) for one in report.findings]

    assert told(from_wheels) == told(from_tree)


def test_under_range_a_version_that_everybody_admits_passes(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep", "1.0"))
    root = world.make(requires=["dep>=1"])

    newer = check(world, world.make("dep", "1.5"), policy="range", root=root)
    older = check(world, world.make("dep", "0.5"), policy="range", root=root)

    assert finding(newer, "dep").severity == "ok"
    assert finding(older, "dep").severity == "error"


@pytest.mark.parametrize(
    ("installed", "locked", "wheel"),
    [
        ("1.0+cu121", "1.0", "dep-1.0+cu121-py3-none-any.whl"),
        ("1.0+cu121", "1.0", "dep-1.0%2Bcu121-py3-none-any.whl"),
    ],
)
def test_a_label_that_only_the_locked_wheels_name_has_is_no_difference(
    world: World, installed: str, locked: str, wheel: str
) -> None:
    """uv accepts a wheel whose name has a label that the lock's version lacks."""
    made = world.make("dep", installed)
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    url = f"https://index.example/{wheel}"
    world.lock("dep", locked, more=f'wheels = [{{ url = "{url}", hash = "sha256:{digest}" }}]')

    assert finding(check(world, made), "dep").verdict == "satisfied"


def test_a_label_that_only_the_lock_has_is_no_difference_if_the_hash_is_the_locked_one(
    world: World,
) -> None:
    made = world.make("dep", "1.0")
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    url = "https://index.example/dep-1.0+cpu-py3-none-any.whl"
    world.lock(
        "dep", "1.0+cpu", more=f'wheels = [{{ url = "{url}", hash = "sha256:{digest}" }}]'
    )
    world.lock("other", "1.0+cpu", wheel=world.make("other", "1.0+cpu"))

    report = check(world, made, world.make("other", "1.0"))

    assert finding(report, "dep").verdict == "satisfied"
    assert finding(report, "other").verdict == "local-differs"


@pytest.mark.parametrize(
    ("installed", "verdict"),
    [("1.0", "unselected"), ("1.1", "version-differs"), ("1.0+cpu", "local-differs")],
)
def test_what_nobody_selected_must_still_be_what_the_lock_has(
    world: World, installed: str, verdict: str
) -> None:
    world.lock("pytest", "1.0", wheel=world.make("pytest", "1.0"), reach=False)

    found = finding(check(world, world.make("pytest", installed)), "pytest")

    assert found.verdict == verdict


def test_what_nobody_selected_may_be_any_of_the_versions_that_could_be(world: World) -> None:
    two = world.make("dep", "2.0")
    world.lock("dep", "1.0", wheel=world.make("dep", "1.0"), reach=False)
    world.lock("dep", "2.0", wheel=two, reach=False)
    world.lock(
        "dep", "3.0", wheel=world.make("dep", "3.0"), reach=False, marker="os_name == 'nt'"
    )

    assert finding(check(world, two), "dep").verdict == "unselected"
    assert finding(check(world, world.make("dep", "3.0")), "dep").verdict == "fork-differs"
    assert finding(check(world, world.make("dep", "4.0")), "dep").verdict == "version-differs"


def test_what_is_below_something_excluded_is_excluded_too(world: World) -> None:
    colorama, below = world.make("colorama"), world.make("below")
    world.lock("below", "1.0", wheel=below, reach=False)
    world.edges.clear()
    world.lock(
        "colorama",
        "1.0",
        wheel=colorama,
        reach=False,
        marker="os_name == 'nt'",
        more='dependencies = [{ name = "below" }]',
    )

    report = check(world, colorama, below)

    assert finding(report, "below").verdict == "marker-excluded"


def test_other_bytes_of_what_nobody_selected_are_a_mismatch(world: World) -> None:
    world.lock(
        "pytest", "1.0", wheel=world.make("pytest"), reach=False, hash_="sha256:" + "0" * 64
    )

    assert finding(check(world, world.make("pytest")), "pytest").verdict == "hash-mismatch"


@pytest.mark.parametrize(
    ("policy", "severity"), [("exact", "error"), ("locked", "error"), ("constrain", "warning")]
)
def test_a_stale_lock_is_a_finding_on_the_application(
    world: World, policy: Policy, severity: str
) -> None:
    root = world.make()
    standard = world.standard(root, policy=policy, stale=("the wheel requires 'dep'",))

    report = check_staged(staged(root), standard)

    (found,) = [one for one in report.findings if one.verdict == "stale-lock"]
    assert (found.name, found.severity) == ("app", severity)
    assert found.message == "the lock is stale: the wheel requires 'dep'"


def test_a_member_that_asks_for_something_else_than_was_locked_is_stale(world: World) -> None:
    world.lock(
        "lib",
        "1.0",
        source='editable = "lib"',
        more='[package.metadata]\nrequires-dist = [{ name = "dep", specifier = ">=1" }]',
    )

    fresh = check(world, world.make("lib", requires=["dep>=1"]))
    stale = check(world, world.make("lib", requires=["dep>=2"]))

    assert "stale-lock" not in {one.verdict for one in fresh.findings}
    told = [one.message for one in stale.findings if one.verdict == "stale-lock"]
    assert told == [
        "the lock is stale: the lock was made with 'dep>=1', the wheel does not require it",
        "the lock is stale: the wheel requires 'dep>=2', the lock was made without it",
    ]


def test_whether_a_lock_without_metadata_is_fresh_is_unknown(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"), reach=False)
    world.lock(
        "lib", "1.0", source='editable = "lib"', more='dependencies = [{ name = "dep" }]'
    )

    report = check(world, world.make("lib"))

    found = finding(report, "lib")
    assert (found.verdict, found.severity) == ("member", "note")
    assert found.message.endswith(
        "freshness unknown: the lock was written without its metadata"
    )


def test_a_closure_of_another_lock_is_refused(world: World) -> None:
    dep = world.make("dep")
    world.lock("dep", "1.0", wheel=dep)
    root = world.make()
    standard = world.standard(root)
    world.entries.clear()
    world.edges.clear()

    with pytest.raises(ValueError, match=r"dep 1\.0 is not in "):
        check_staged(staged(root, dep), replace(standard, lock=world.read()))


def test_rules_of_one_distribution_are_told_with_its_finding(world: World) -> None:
    world.lock("dep", "1.0", wheel=world.make("dep"))
    world.lock("other", "1.0", wheel=world.make("other"))
    rules = Rules(package={"dep": PackageRules(level="range")})

    report = check(world, world.make("dep", "1.1"), world.make("other", "1.1"), policy=rules)

    dep, other = finding(report, "dep"), finding(report, "other")
    assert (dep.severity, dep.level) == ("ok", "range")
    assert (other.severity, other.level) == ("error", None)
    assert report.policy == "locked"
    with pytest.raises(
        ContraventionError, match=r"other: .* is an error under the policy 'loc"
    ):
        report.raise_if_contravened()


@pytest.mark.parametrize("made_here", [True, False])
def test_what_was_built_is_told_from_what_was_given(world: World, *, made_here: bool) -> None:
    world.lock("dep", "1.0", sdist=True)
    standard = world.standard(world.make())
    if made_here:
        standard = replace(standard, made_here=frozenset({"dep"}))

    found = finding(check_staged(staged(world.make(), world.make("dep")), standard), "dep")

    assert found.verdict == "satisfied-sdist"
    how = "built here from" if made_here else "from a wheel that was given for"
    assert found.message == f"1.0, as locked, {how} the locked sdist"
