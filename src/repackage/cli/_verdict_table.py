"""A report for people: the three questions, and below each what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from repackage.cli._render import counted, table_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.check import Answer, Finding, Severity
    from repackage.cli._judged import Judged

STYLES: Mapping[str, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "note": {},
    "ok": {"fg": "green"},
}
#: What is said where nothing is to be reported.
FINE = {
    "agreement": "nothing is there that the lock does not permit",
    "coverage": "nothing is missing",
    "exclusivity": "nothing is there that is not needed",
}
TOLD: tuple[Severity, ...] = ("error", "warning")
COUNTED: tuple[Severity, ...] = ("error", "warning", "note")


def table(judged: Judged, *, verbose: bool) -> str:
    """Lay out the findings that matter, with ``verbose`` all of them, and what they come to."""
    report = judged.report
    lines: list[str] = []
    for answer in (report.agreement, report.coverage, report.exclusivity):
        lines.append(_heading(answer))
        shown = [
            finding
            for finding in report.findings
            if finding.question == answer.question and (verbose or finding.severity in TOLD)
        ]
        styles = [STYLES[finding.severity] for finding in shown]
        lines += table_lines(map(_row, shown), styles=styles)
    names = {finding.name for finding in report.findings}
    wrong = {finding.name for finding in report.errors}
    told = f" (told by {judged.evidence})" if judged.evidence else ""
    lines.append(
        f"policy {report.policy!r}, target {judged.target.name}{told}: "
        f"{len(wrong)} of {len(names)} distributions fail"
    )
    return "".join(f"{line}\n" for line in lines)


def _heading(answer: Answer) -> str:
    """Answer a question in a line."""
    numbers = [
        counted(answer.counts[severity], severity)
        for severity in COUNTED
        if answer.counts[severity]
    ]
    summary = ", ".join(numbers) or FINE[answer.question]
    label = click.style(f"{answer.question}:", bold=True)
    return f"{label} {click.style(summary, **STYLES[answer.worst])}"


def _row(finding: Finding) -> tuple[str, str, str, str]:
    return f"  {finding.severity}", finding.name, finding.verdict, explained(finding)


def explained(finding: Finding) -> str:
    """A finding in one sentence, with who asked for what it is about."""
    required = ", ".join(finding.required_by)
    return f"{finding.message}, required by {required}" if required else finding.message
