"""Findings, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.check._policy import SEVERITIES, question
from repackage.errors import ContraventionError, IncompleteError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.check._policy import Policy, Question, Severity, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A verdict on one distribution."""

    name: str
    verdict: Verdict
    severity: Severity
    installed: str = ""
    """What is there; empty: nothing."""
    locked: str = ""
    """What the lock says; empty: nothing."""
    required_by: tuple[str, ...] = ()
    message: str
    where: str = ""
    """The ``.dist-info`` directory, where one is to blame."""
    level: Policy | None = None
    """The level that it was weighed under by a rule of its own; None: the report's."""

    @property
    def question(self) -> Question:
        """Which of the three questions it answers."""
        return question(self.verdict)

    def __str__(self) -> str:
        return f"{self.name}: {self.message} [{self.verdict}]"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the findings on one of the three questions come to."""

    question: Question
    counts: Mapping[Severity, int]
    """Findings by severity: every severity is there."""

    @property
    def worst(self) -> Severity:
        """The gravest severity that occurs; of nothing found, ``ok``."""
        return next((each for each in reversed(SEVERITIES) if self.counts[each]), "ok")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Everything that a check found, sorted by name."""

    findings: tuple[Finding, ...]
    policy: Policy
    """The level of all that has no rule of its own."""
    notes: tuple[str, ...] = ()
    """Remarks on the ledgers that were found, for people."""

    @property
    def agreement(self) -> Answer:
        """Whether what is there is permitted by the lock."""
        return self._answer("agreement")

    @property
    def coverage(self) -> Answer:
        """Whether everything is there that the selection needs."""
        return self._answer("coverage")

    @property
    def exclusivity(self) -> Answer:
        """Whether anything is there that is not needed, or that the lock does not know."""
        return self._answer("exclusivity")

    @property
    def exit_status(self) -> int:
        """0 if nothing is wrong, 1 after a contravention, 3 if something is missing only."""
        if self.contravenes:
            return ContraventionError.exit_code
        return IncompleteError.exit_code if self.incomplete else 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What the policy does not let pass."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def contravenes(self) -> bool:
        """Whether something is there that the lock or the selection does not permit."""
        return "error" in {self.agreement.worst, self.exclusivity.worst}

    @property
    def incomplete(self) -> bool:
        """Whether something is not there that the selection needs."""
        return self.coverage.worst == "error"

    def raise_if_contravened(self) -> None:
        """Raise with all errors, if there are any.

        Raises:
            ContraventionError: Something contravenes the lock.
            IncompleteError: Nothing does, but something is missing.
        """
        problems = [_problem(finding, self.policy) for finding in self.errors]
        if self.contravenes:
            raise ContraventionError(*problems)
        if self.incomplete:
            raise IncompleteError(*problems)

    def _answer(self, asked: Question) -> Answer:
        told = [finding.severity for finding in self.findings if finding.question == asked]
        return Answer(question=asked, counts={each: told.count(each) for each in SEVERITIES})


def _problem(finding: Finding, policy: Policy) -> Problem:
    required = f", required by {', '.join(finding.required_by)}" if finding.required_by else ""
    return Problem(
        what=f"{finding.message}{required}",
        where=finding.name,
        advice=f"{finding.verdict} is an error under the policy {finding.level or policy!r}",
    )
