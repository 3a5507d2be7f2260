"""Requirements of what is there, after what the lock changes in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.check import POLICIES, check_staged
from tests.unit.check.conftest import staged

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.check import Finding, Policy, Report
    from tests.unit.check.conftest import World

CONFLICT, OVERRIDDEN = "metadata-conflict", "overridden"


def of(report: Report, *verdicts: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.verdict in verdicts]


def check(
    world: World,
    requires: list[str],
    there: str = "1.0",
    *,
    policy: Policy = "locked",
    manifest: str = "",
    extras: tuple[str, ...] = (),
) -> Report:
    """Judge an application that requires ``dep``, which is there as locked."""
    dep = world.make("dep", there)
    root = world.make(requires=requires, extras=["e", "f"])
    world.lock("dep", there, wheel=dep)
    world.manifest.append(manifest)
    standard = world.standard(root, policy=policy, extras=extras)
    return check_staged(staged(root, dep), standard)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_requirement_that_is_violated_is_a_conflict_under_every_policy(
    world: World, policy: Policy
) -> None:
    report = check(world, ["dep>=2 ; python_version > '3'"], policy=policy)

    (found,) = of(report, CONFLICT, OVERRIDDEN)
    assert (found.name, found.verdict) == ("app", CONFLICT)
    assert found.message == "it requires 'dep>=2', and dep 1.0 is installed"
    assert found.severity == ("note" if policy == "report" else "error")


@pytest.mark.parametrize(
    "requires",
    [
        ["dep"],
        ["dep>=1"],
        ["dep>=2 ; sys_platform == 'win32'"],
        ["dep>=2 ; python_version < '3.11'"],
        ["dep>=2 ; extra == 'e'"],
        ["absent>=2"],
        ["app[e]>=7"],
        ["dep @ https://x.example/dep-2.0-py3-none-any.whl"],
    ],
)
def test_what_does_not_hold_or_is_satisfied_is_no_conflict(
    world: World, requires: list[str]
) -> None:
    assert of(check(world, requires), CONFLICT, OVERRIDDEN) == []


@pytest.mark.parametrize(
    "requires",
    [["dep>=2 ; extra == 'e'"], ["app[f] ; extra == 'e'", "dep>=2 ; extra == 'f'"]],
)
def test_extras_that_are_active_are_looked_at_and_those_that_they_include(
    world: World, requires: list[str]
) -> None:
    assert len(of(check(world, requires, extras=("e",)), CONFLICT)) == 1


def test_extras_of_a_pin_are_active_as_edges_ask_for_them(world: World) -> None:
    dep = world.make("dep")
    other = world.make("other", requires=["dep>=2 ; extra == 'x'"], extras=["x"])
    world.lock("dep", "1.0", wheel=dep)
    world.lock("other", "1.0", wheel=other)
    root = world.make()

    assert of(check_staged(staged(root, dep, other), world.standard(root)), CONFLICT) == []
    world.extras["other"] = ("x",)
    (found,) = of(check_staged(staged(root, dep, other), world.standard(root)), CONFLICT)
    assert found.name == "other"


@pytest.mark.parametrize(
    ("manifest", "verdict"),
    [
        # without an override, or with one for others, the metadata hold
        ("", CONFLICT),
        ('overrides = [{ name = "other" }]', CONFLICT),
        ('overrides = [{ package = { name = "x" }, dependencies = [{ name = "dep" }] }]', CONFLICT),
        (
            ('overrides = [{ package = { name = "app", version = "9" },'
            ' dependencies = [{ name = "dep" }] }]'),
            CONFLICT,
        ),
        # one for it stands in
        ('overrides = [{ name = "dep", specifier = "<2" }]', OVERRIDDEN),
        ('overrides = [{ name = "dep" }]', OVERRIDDEN),
        ('overrides = [{ name = "dep", url = "https://x.example/dep-1.0.tar.gz" }]', OVERRIDDEN),
        ('overrides = [{ name = "dep", specifier = ">=3" }]', CONFLICT),
        # one whose marker is false takes the requirement away
        ('overrides = [{ name = "dep", marker = "os_name == \'nt\'", specifier = ">3" }]', OVERRIDDEN),
        # the narrowest scope counts
        (
            ('overrides = [{ package = { name = "app" }, dependencies = [{ name = "dep" }] },'
            ' { name = "dep", specifier = ">=3" }]'),
            OVERRIDDEN,
        ),
        (
            ('overrides = [{ package = { name = "app" }, dependencies = [{ name = "dep" }] },'
            ' { package = { name = "app", version = "1.0" },'
            ' dependencies = [{ name = "dep", specifier = ">=3" }] }]'),
            CONFLICT,
        ),
        (
            ('overrides = [{ package = { name = "app" }, dependencies = [{ name = "x" }] },'
            ' { name = "dep" }]'),
            OVERRIDDEN,
        ),
        # constraints come on top of overrides
        (
            'overrides = [{ name = "dep" }]\nconstraints = [{ name = "dep", specifier = "<1" }]',
            CONFLICT,
        ),
        (
            ('overrides = [{ name = "dep" }]\nconstraints = [{ name = "dep", specifier = "<1",'
            ' marker = "os_name == \'nt\'" }]'),
            OVERRIDDEN,
        ),
        # excludes take requirements away
        ('excludes = ["dep"]', OVERRIDDEN),
        ('excludes = ["other"]', CONFLICT),
        ('excludes = [{ package = { name = "app" }, dependencies = ["dep"] }]', OVERRIDDEN),
        ('excludes = [{ package = { name = "x" }, dependencies = ["dep"] }]', CONFLICT),
        (
            'excludes = ["dep"]\nconstraints = [{ name = "dep", specifier = "<1" }]',
            OVERRIDDEN,
        ),
        # static metadata stand in for those of the package
        (
            '[[manifest.dependency-metadata]]\nname = "app"\nrequires-dist = ["dep<2"]',
            OVERRIDDEN,
        ),
        (
            '[[manifest.dependency-metadata]]\nname = "app"\nrequires-dist = []',
            OVERRIDDEN,
        ),
        (
            '[[manifest.dependency-metadata]]\nname = "app"\nversion = "9"\nrequires-dist = []',
            CONFLICT,
        ),
        (
            ('[[manifest.dependency-metadata]]\nname = "app"\nrequires-dist = ["dep>7"]\n'
            '[[manifest.dependency-metadata]]\nname = "app"\nversion = "1"\nrequires-dist = []'),
            OVERRIDDEN,
        ),
    ],
)  # fmt: skip
def test_what_the_lock_changes_in_a_requirement(
    world: World, manifest: str, verdict: str
) -> None:
    report = check(world, ["dep>=2"], manifest=manifest)

    (found,) = of(report, CONFLICT, OVERRIDDEN)
    assert (found.verdict, found.severity) == (
        verdict,
        "ok" if verdict == OVERRIDDEN else "error",
    )
    assert found.name == "app"


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (
            'overrides = [{ name = "dep", specifier = ">=3" }]',
            (
                "it requires 'dep>=2', which an override of the lock makes 'dep>=3',"
                " and dep 1.0 is installed"
            ),
        ),
        (
            'constraints = [{ name = "dep", specifier = "<1" }]',
            "it requires 'dep>=2', and dep 1.0 is installed",
        ),
        (
            'excludes = ["dep"]',
            "it requires 'dep>=2', and dep 1.0 is installed, as an exclude of the lock decided",
        ),
    ],
)
def test_the_sentence_says_what_of_the_lock_decided(
    world: World, manifest: str, message: str
) -> None:
    (found,) = of(check(world, ["dep>=2"], manifest=manifest), CONFLICT, OVERRIDDEN)

    assert found.message == message


def test_a_constraint_that_is_violated_alone_is_a_conflict(world: World) -> None:
    manifest = 'constraints = [{ name = "dep", specifier = "<1" }]'

    (found,) = of(check(world, ["dep>=1"], manifest=manifest), CONFLICT)

    assert found.message == (
        "it requires 'dep>=1', which the lock constrains to 'dep>=1,<1', and dep 1.0 is installed"
    )


def test_static_metadata_may_require_what_the_package_does_not(world: World) -> None:
    manifest = '[[manifest.dependency-metadata]]\nname = "app"\nrequires-dist = ["dep>7"]'

    (found,) = of(check(world, [], manifest=manifest), CONFLICT)

    assert "'dep>7'" in found.message


def test_a_source_takes_the_place_of_a_specifier(world: World) -> None:
    """As uv has it: with ``tool.uv.sources``, any version of the source will do."""
    commit = "0123456789012345678901234567890123456789"
    dep = world.make("dep")
    root = world.make("lib", requires=["dep>=2"])
    source = f'git = "https://git.example/dep#{commit}"'
    world.lock("dep", "1.0", source=source)
    world.lock(
        "lib",
        "1.0",
        source='editable = "lib"',
        reach=False,
        more=f'[package.metadata]\nrequires-dist = [{{ name = "dep", {source} }}]',
    )

    (found,) = of(check_staged(staged(root, dep), world.standard(root)), CONFLICT, OVERRIDDEN)

    assert found.verdict == OVERRIDDEN
    assert found.message.endswith("as a source of the lock decided")


def test_strangers_quarrel_among_themselves(world: World) -> None:
    root = world.make()
    one, other = world.make("one", requires=["other>=2"]), world.make("other")

    assert of(check_staged(staged(root, one, other), world.standard(root)), CONFLICT) == []


def test_a_stranger_that_the_lock_breaks_is_a_conflict(world: World) -> None:
    root = world.make(requires=["dep"])
    dep, stranger = world.make("dep"), world.make("stranger", requires=["dep>=2"])
    world.lock("dep", "1.0", wheel=dep)

    report = check_staged(staged(root, dep, stranger), world.standard(root))

    assert [found.name for found in of(report, CONFLICT)] == ["stranger"]


@pytest.mark.parametrize(
    ("manifest", "severity"),
    [
        ("", "error"),
        ('overrides = [{ name = "dep", specifier = "<2" }]', "ok"),
        ('constraints = [{ name = "dep", specifier = "<1.1" }]', "error"),
    ],
)
def test_the_range_is_that_of_all_who_require_it_after_overrides(
    world: World, manifest: str, severity: str
) -> None:
    there: Path = world.make("dep", "1.5")
    root = world.make(requires=["dep==1.0"])
    world.lock("dep", "1.0", wheel=world.make("dep"))
    world.manifest.append(manifest)

    report = check_staged(staged(root, there), world.standard(root, policy="range"))

    (found,) = of(report, "version-differs")
    assert found.severity == severity
