"""The table of verdicts and policies, written down a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.check import (
    POLICIES,
    QUESTIONS,
    SEVERITIES,
    VERDICTS,
    Rules,
    question,
    severity,
)

if TYPE_CHECKING:
    from repackage.check import Policy, Verdict

#: What each verdict weighs under exact, locked, constrain and range; "n/a" never occurs.
TABLE = """
satisfied              ok     ok       ok       ok
satisfied-sdist        error  note     ok       ok
satisfied-external     error  error    ok       ok
local-differs          error  error    error    ok
version-differs        error  error    error    error
post-differs           error  error    error    ok
source-differs         error  error    error    warning
fork-differs           error  error    error    warning
marker-excluded        error  warning  warning  note
unselected             error  warning  ok       ok
not-in-lock            error  error    warning  warning
missing                error  error    warning  error
external-out-of-range  error  error    error    error
hash-mismatch          error  error    error    error
hash-unverifiable      error  error    note     note
record-mismatch        error  error    error    warning
duplicate              error  error    error    error
editable               error  error    error    error
metadata-conflict      error  error    error    error
overridden             ok     ok       ok       ok
python-mismatch        error  error    error    error
tag-mismatch           error  error    error    error
member                 ok     ok       ok       ok
stale-lock             error  error    warning  warning
"""
WEIGHTS = {
    (verdict, policy): weight
    for verdict, *weights in map(str.split, TABLE.strip().splitlines())
    for policy, weight in zip(("exact", "locked", "constrain", "range"), weights, strict=True)
}


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("policy", [each for each in POLICIES if each != "report"])
def test_every_verdict_weighs_what_the_table_says(verdict: Verdict, policy: Policy) -> None:
    assert severity(verdict, policy) == WEIGHTS[verdict, policy]
    assert Rules(level=policy).severity(verdict, "dep") == WEIGHTS[verdict, policy]


def test_the_table_has_no_verdict_that_is_not_known() -> None:
    assert {verdict for verdict, _ in WEIGHTS} == set(VERDICTS)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_report_notes_what_is_not_in_order_and_fails_nothing(verdict: Verdict) -> None:
    expected = "ok" if WEIGHTS[verdict, "exact"] == "ok" else "note"

    assert severity(verdict, "report") == expected


@pytest.mark.parametrize("verdict", VERDICTS)
def test_exact_lets_nothing_pass_that_locked_refuses(verdict: Verdict) -> None:
    weigh = SEVERITIES.index

    assert weigh(severity(verdict, "exact")) >= weigh(severity(verdict, "locked"))


def test_only_what_is_missing_is_a_matter_of_coverage() -> None:
    asked = {each: {v for v in VERDICTS if question(v) == each} for each in QUESTIONS}

    assert asked["coverage"] == {"missing"}
    assert asked["exclusivity"] == {"not-in-lock", "unselected"}
    assert set.union(*asked.values()) == set(VERDICTS)
