"""The table of verdicts and policies."""

from __future__ import annotations

import pytest

from repackage.check import POLICIES, VERDICTS, Verdict, severity


def test_every_verdict_has_a_weight_under_every_policy() -> None:
    for verdict in VERDICTS:
        for policy in POLICIES:
            assert severity(verdict, policy) in {"ok", "note", "warning", "error"}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_report_fails_nothing(verdict: Verdict) -> None:
    assert severity(verdict, "report") in {"ok", "note"}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_exact_lets_nothing_pass_that_locked_refuses(verdict: Verdict) -> None:
    order = ["ok", "note", "warning", "error"]

    assert order.index(severity(verdict, "exact")) >= order.index(severity(verdict, "locked"))


@pytest.mark.parametrize(
    "verdict",
    ["version-differs", "local-differs", "post-differs", "hash-mismatch", "fork-differs"],
)
def test_locked_and_constrain_agree_on_what_contravenes(verdict: Verdict) -> None:
    assert severity(verdict, "locked") == severity(verdict, "constrain") == "error"
