"""What findings come to: three questions, and a status."""

from __future__ import annotations

import pytest

from repackage.check import Finding, Report, Severity, Verdict
from repackage.errors import ContraventionError, IncompleteError


def report(*findings: tuple[Verdict, Severity]) -> Report:
    return Report(
        findings=tuple(
            Finding(name=f"d{number}", verdict=verdict, severity=severity, message="so")
            for number, (verdict, severity) in enumerate(findings)
        ),
        policy="locked",
    )


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        ([], 0),
        ([("satisfied", "ok")], 0),
        ([("satisfied", "ok"), ("not-in-lock", "warning"), ("missing", "warning")], 0),
        ([("missing", "error")], 3),
        ([("missing", "error"), ("unselected", "warning")], 3),
        ([("missing", "error"), ("not-in-lock", "error")], 1),
        ([("missing", "error"), ("version-differs", "error")], 1),
        ([("unselected", "error")], 1),
        ([("marker-excluded", "error")], 1),
        ([("duplicate", "error")], 1),
    ],
)
def test_the_status_is_that_of_a_contravention_or_else_of_what_is_missing(
    findings: list[tuple[Verdict, Severity]], status: int
) -> None:
    told = report(*findings)

    assert told.exit_status == status
    match status:
        case 1:
            with pytest.raises(ContraventionError):
                told.raise_if_contravened()
        case 3:
            with pytest.raises(IncompleteError):
                told.raise_if_contravened()
        case _:
            told.raise_if_contravened()


def test_each_question_has_its_counts_and_the_worst_of_them() -> None:
    told = report(
        ("satisfied", "ok"),
        ("member", "note"),
        ("version-differs", "error"),
        ("missing", "warning"),
        ("missing", "warning"),
        ("unselected", "ok"),
    )

    assert told.agreement.counts == {"ok": 1, "note": 1, "warning": 0, "error": 1}
    assert told.agreement.worst == "error"
    assert (told.coverage.counts["warning"], told.coverage.worst) == (2, "warning")
    assert (told.exclusivity.question, told.exclusivity.worst) == ("exclusivity", "ok")


def test_what_nothing_was_found_on_is_in_order() -> None:
    assert {report().agreement.worst, report().coverage.worst} == {"ok"}


def test_a_finding_tells_which_question_it_answers() -> None:
    told = report(("satisfied", "ok"), ("missing", "ok"), ("not-in-lock", "ok"))

    assert [each.question for each in told.findings] == ["agreement", "coverage", "exclusivity"]
