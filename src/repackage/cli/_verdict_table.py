"""A report for people: the three questions, and below each what was found."""

from __future__ import annotations

from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from repackage.cli._render import GAP, counted, table_lines
from repackage.cli._talk import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
#: A sentence has at least so many columns beside what it is about, or else lines below it,
#: which begin after so many.
LEAST, BELOW = 30, 6
#: So many findings of one kind on one distribution are shown: a file each, at times of thousands.
MOST = 10
TOLD: tuple[Severity, ...] = ("error", "warning")
COUNTED: tuple[Severity, ...] = ("error", "warning", "note")


def table(judged: Judged, *, verbose: bool, room: int | None = None) -> str:
    """Lay out the findings that matter, with ``verbose`` all of them, and what they come to.

    Sentences are folded to fit into ``room``, if there is a limit to it.
    """
    report = judged.report
    lines: list[str] = []
    for answer in (report.agreement, report.coverage, report.exclusivity):
        lines.append(_heading(answer))
        shown = [
            finding
            for finding in report.findings
            if finding.question == answer.question and (verbose or finding.severity in TOLD)
        ]
        lines += _lines(shown, most=None if verbose else MOST, room=room)
    names = {finding.name for finding in report.findings}
    wrong = {finding.name for finding in report.errors}
    evidence = f" (told by {judged.evidence})" if judged.evidence else ""
    last = (
        f"policy {report.policy!r}, target {judged.target.name}{evidence}: "
        f"{len(wrong)} of {len(names)} distributions fail"
    )
    lines.append(last if room is None else _folded(last, room - GAP, below=" " * GAP))
    return "".join(f"{line}\n" for line in lines)


def _lines(shown: Sequence[Finding], *, most: int | None, room: int | None) -> Iterator[str]:
    """Lay out findings; of one kind on one distribution, ``most`` of them."""
    styles = [STYLES[finding.severity] for finding in shown]
    heads = iter(table_lines(map(_row, shown), styles=styles, padded=True))
    for (name, verdict), alike in groupby(shown, key=lambda one: (one.name, one.verdict)):
        several = [(next(heads), finding) for finding in alike]
        for head, finding in several[:most]:
            yield _beside(head, explained(finding), room=room)
        if most is not None and len(several) > most:
            left = len(several) - most
            yield f"{' ' * BELOW}and {left} more: {visible(name)} {verdict}; -v shows them"


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


def _row(finding: Finding) -> tuple[str, str, str]:
    return f"  {finding.severity}", finding.name, finding.verdict


def _beside(head: str, sentence: str, *, room: int | None) -> str:
    """Put a sentence beside what it is about, or below it where that leaves no room."""
    sentence = visible(sentence)
    indent = len(click.unstyle(head)) + GAP
    if room is None:
        return f"{head}{' ' * GAP}{sentence}"
    if room - indent < LEAST:
        below = " " * BELOW
        return f"{head.rstrip()}\n{below}{_folded(sentence, room - BELOW, below=below)}"
    return f"{head}{' ' * GAP}{_folded(sentence, room - indent, below=' ' * indent)}"


def _folded(sentence: str, width: int, *, below: str) -> str:
    """Fold a sentence between words; paths and URLs stay whole, to be copied."""
    lines = wrap(sentence, max(width, 1), break_long_words=False, break_on_hyphens=False)
    return f"\n{below}".join(lines)


def explained(finding: Finding) -> str:
    """A finding in one sentence, with who asked for what it is about."""
    required = ", ".join(finding.required_by)
    return f"{finding.message}, required by {required}" if required else finding.message
