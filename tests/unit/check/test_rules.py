"""What a policy lets pass beyond its level, for all and for single distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from repackage.check import POLICIES, SEVERITIES, VERDICTS, PackageRules, Rules
from repackage.config import construct, json_schema
from repackage.errors import ConfigError

if TYPE_CHECKING:
    from repackage.check import Drift, Policy, Severity, Verdict

WHERE = "tool.repackage.policy"


def weigh(
    rules: Rules,
    installed: str,
    locked: str,
    *,
    verdict: Verdict = "version-differs",
    in_range: bool = True,
) -> Severity:
    return rules.severity(
        verdict,
        "dep",
        installed=Version(installed),
        locked=Version(locked),
        in_range=in_range,
    )


@pytest.mark.parametrize(
    ("drift", "passing", "failing"),
    [
        ("patch", ["1.2.4", "1.2.0", "1.2", "1.2.3.1", "1.2.3rc1"], ["1.3.3", "1.1.9"]),
        ("patch", ["1.2.99"], ["1.3", "2.2.3", "1!1.2.3"]),
        ("minor", ["1.3", "1.0", "1", "1.99.99"], ["2.0", "0.9", "2.0rc1", "1!1.2.3"]),
        ("major", ["2.0", "0.1", "99"], ["1!1.2.3", "1!0"]),
        ("none", ["2.0", "0.1", "1!1.2.3"], []),
    ],
)
def test_a_version_in_range_may_drift_as_far_as_the_cap(
    drift: Drift, passing: list[str], failing: list[str]
) -> None:
    rules = Rules(level="range", drift=drift)

    assert {weigh(rules, version, "1.2.3") for version in passing} <= {"ok"}
    assert {weigh(rules, version, "1.2.3") for version in failing} <= {"error"}


@pytest.mark.parametrize("drift", ["patch", "minor", "major", "none"])
def test_what_is_out_of_range_passes_under_no_cap(drift: Drift) -> None:
    assert weigh(Rules(level="range", drift=drift), "1.2.4", "1.2.3", in_range=False) == "error"


def test_a_minor_is_how_far_a_version_may_drift_if_nothing_is_said() -> None:
    assert weigh(Rules(level="range"), "1.3", "1.2") == "ok"
    assert weigh(Rules(level="range"), "2.0", "1.2") == "error"


@pytest.mark.parametrize("level", ["exact", "locked", "constrain"])
def test_the_cap_is_of_no_use_beside_range(level: Policy) -> None:
    assert weigh(Rules(level=level, drift="none"), "1.2.4", "1.2.3") == "error"


@pytest.mark.parametrize(
    ("level", "name", "expected"),
    [
        ("exact", "pip", "error"),
        ("locked", "pip", "ok"),
        ("constrain", "pip", "ok"),
        ("range", "pip", "ok"),
        ("report", "pip", "note"),
        ("locked", "types-requests", "ok"),
        ("locked", "types", "error"),
        ("locked", "python-apt", "ok"),
        ("locked", "Pip", "error"),
        ("constrain", "stranger", "warning"),
    ],
)
def test_strangers_on_the_list_are_allowed_unless_the_policy_is_exact(
    level: Policy, name: str, expected: str
) -> None:
    rules = Rules(level=level, allow=("PIP", "types_*", "Python.Apt"))

    assert rules.severity("not-in-lock", name) == expected


@pytest.mark.parametrize(
    ("level", "globs", "installed", "expected"),
    [
        ("constrain", ("cu*",), "1.0+cu124", "ok"),
        ("constrain", ("cu*",), "1.0+cpu", "error"),
        ("constrain", ("cpu", "cu12?"), "1.0+cu124", "ok"),
        ("constrain", ("*",), "1.0", "ok"),
        ("constrain", ("?*",), "1.0", "error"),
        ("constrain", (), "1.0+cu124", "error"),
        ("locked", ("*",), "1.0+cu124", "error"),
        ("exact", ("*",), "1.0+cu124", "error"),
        ("range", (), "1.0+cu124", "ok"),
    ],
)
def test_local_labels_on_the_list_pass_under_constrain(
    level: Policy, globs: tuple[str, ...], installed: str, expected: str
) -> None:
    rules = Rules(level=level, allow_local=globs)

    assert weigh(rules, installed, "1.0+cu118", verdict="local-differs") == expected


def test_rules_of_one_distribution_are_not_those_of_others() -> None:
    rules = Rules(
        level="locked",
        drift="patch",
        allow_local=("cpu",),
        package={
            "NumPy": PackageRules(level="range"),
            "torch": PackageRules(level="constrain", allow_local=("cu*",)),
            "scipy": PackageRules(level="range", drift="none"),
            "jax": PackageRules(level="constrain"),
            "plain": PackageRules(level="constrain", allow_local=()),
        },
    )

    def told(verdict: Verdict, name: str, installed: str) -> str:
        return rules.severity(
            verdict,
            name,
            installed=Version(installed),
            locked=Version("1.0"),
            in_range=True,
        )

    assert rules.level_of("numpy") == "range"
    assert rules.level_of("other") == "locked"
    assert told("version-differs", "numpy", "1.0.1") == "ok"
    assert told("version-differs", "numpy", "1.1") == "error"
    assert told("version-differs", "scipy", "2.0") == "ok"
    assert told("version-differs", "other", "1.0.1") == "error"
    assert told("local-differs", "torch", "1.0+cu124") == "ok"
    assert told("local-differs", "torch", "1.0+cpu") == "error"
    assert told("local-differs", "jax", "1.0+cpu") == "ok"
    assert told("local-differs", "plain", "1.0+cpu") == "error"


def test_the_table_of_a_project_makes_rules() -> None:
    rules = construct(
        Rules,
        {
            "level": "constrain",
            "allow": ["pip"],
            "allow-local": ["cu*"],
            "package": {"NumPy": {"level": "range", "drift": "none", "allow-local": ["mkl"]}},
        },
        where=WHERE,
    )

    assert rules == Rules(
        level="constrain",
        allow=("pip",),
        allow_local=("cu*",),
        package={"numpy": PackageRules(level="range", drift="none", allow_local=("mkl",))},
    )


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"levle": "x"}, f"{WHERE}: no option is called 'levle' (did you mean 'level'?)"),
        (
            {"level": "lokced"},
            f"{WHERE}.level: 'lokced' is not a choice (did you mean 'locked'?)",
        ),
        (
            {"package": {"numpy": {"drfit": "none"}}},
            f"{WHERE}.package.numpy: no option is called 'drfit' (did you mean 'drift'?)",
        ),
        (
            {"package": {"numpy": {"level": "rnage"}}},
            f"{WHERE}.package.numpy.level: 'rnage' is not a choice (did you mean 'range'?)",
        ),
        (
            {"package": {"numpy": {"allow-local": "cu*"}}},
            f"{WHERE}.package.numpy.allow-local: expected an array of strings, found 'cu*'",
        ),
        ({"package": {"numpy": 1}}, f"{WHERE}.package.numpy: expected a table, found 1"),
        ({"package": []}, f"{WHERE}.package: expected a table of tables, found an array"),
        ({"package": {"-": {}}}, f"{WHERE}.package: '-' is not a name"),
        ({"package": {"A.b": {}, "a-B": {}}}, f"{WHERE}.package: 'a-b' is there twice"),
    ],
)
def test_what_is_wrong_in_the_table_is_located(table: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        construct(Rules, table, where=WHERE)

    assert str(caught.value) == problem


def test_all_that_is_wrong_is_told_at_once() -> None:
    table = {"drift": "x", "package": {"a": {"level": 1}, "b": {"x": 2}}}

    with pytest.raises(ConfigError) as caught:
        construct(Rules, table, where=WHERE)

    located = [problem.where for problem in caught.value.problems]
    assert located == [f"{WHERE}.drift", f"{WHERE}.package.a.level", f"{WHERE}.package.b"]


def test_rules_of_distributions_are_no_setting() -> None:
    with pytest.raises(ConfigError, match=r"-C policy.package.numpy: cannot be given.*pyproj"):
        construct(
            Rules,
            {},
            where=WHERE,
            settings={"package.numpy": "range"},
            settings_where="-C policy.",
        )


def test_the_schema_tells_what_rules_a_distribution_may_have() -> None:
    package = json_schema(Rules)["properties"]["package"]

    below = package["additionalProperties"]
    assert set(below["properties"]) == {"level", "drift", "allow-local"}
    assert below["additionalProperties"] is False
    assert "range" in below["properties"]["level"]["enum"]


versions = st.builds(
    lambda epoch, release, pre, local: Version(f"{epoch}!{release}{pre}{local}"),
    st.integers(0, 1),
    st.lists(st.integers(0, 3), min_size=1, max_size=4).map(lambda r: ".".join(map(str, r))),
    st.sampled_from(["", "rc1", ".dev0", ".post1"]),
    st.sampled_from(["", "+cpu", "+cu124"]),
)
names = st.sampled_from(["a", "b", "c-d"])
levels = st.sampled_from(POLICIES)
globs = st.lists(st.sampled_from(["a", "B", "c_*", "*", "cpu", "cu*"]), max_size=2).map(tuple)
drifts = st.sampled_from(["patch", "minor", "major", "none"])
rules_ = st.builds(
    Rules,
    level=levels,
    drift=drifts,
    allow=globs,
    allow_local=globs,
    package=st.dictionaries(
        names,
        st.builds(
            PackageRules,
            level=st.none() | levels,
            drift=st.none() | drifts,
            allow_local=st.none() | globs,
        ),
        max_size=2,
    ),
)


@given(
    rules=rules_,
    verdict=st.sampled_from(VERDICTS),
    name=names,
    installed=versions,
    locked=versions,
    in_range=st.booleans(),
)
def test_report_never_errs_whatever_the_rules(
    rules: Rules,
    verdict: Verdict,
    name: str,
    installed: Version,
    locked: Version,
    in_range: bool,  # noqa: FBT001 - as drawn
) -> None:
    weight = rules.severity(
        verdict, name, installed=installed, locked=locked, in_range=in_range
    )

    assert weight in SEVERITIES
    assert rules.level_of(name) != "report" or weight in {"ok", "note"}


@given(installed=versions, locked=versions, drift=drifts, label=globs)
def test_range_is_never_stricter_than_constrain_of_what_is_in_range(
    installed: Version, locked: Version, drift: Drift, label: tuple[str, ...]
) -> None:
    for verdict in ("version-differs", "post-differs", "local-differs"):
        weights = [
            Rules(level=level, drift=drift, allow_local=label).severity(
                verdict, "dep", installed=installed, locked=locked, in_range=True
            )
            for level in ("range", "constrain")
        ]
        assert SEVERITIES.index(weights[0]) <= SEVERITIES.index(weights[1])


@given(installed=versions, locked=versions)
def test_a_wider_cap_lets_pass_what_a_narrower_one_does(
    installed: Version, locked: Version
) -> None:
    told = [
        Rules(level="range", drift=drift).severity(
            "version-differs", "dep", installed=installed, locked=locked, in_range=True
        )
        for drift in ("patch", "minor", "major", "none")
    ]

    assert told == sorted(told, reverse=False, key=["error", "ok"].index)
