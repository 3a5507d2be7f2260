"""Findings, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from repackage.errors import ContraventionError, IncompleteError, Problem

if TYPE_CHECKING:
    from repackage.check._policy import Policy, Severity, Verdict


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

    def __str__(self) -> str:
        return f"{self.name}: {self.message} [{self.verdict}]"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Everything that a check found, sorted by name."""

    findings: tuple[Finding, ...]
    policy: Policy

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What the policy does not let pass."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def contravenes(self) -> bool:
        """Whether something is there that the lock does not permit."""
        return any(finding.verdict != "missing" for finding in self.errors)

    @property
    def incomplete(self) -> bool:
        """Whether something is not there that the selection needs."""
        return any(finding.verdict == "missing" for finding in self.errors)

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


def _problem(finding: Finding, policy: Policy) -> Problem:
    required = f", required by {', '.join(finding.required_by)}" if finding.required_by else ""
    return Problem(
        what=f"{finding.message}{required}",
        where=finding.name,
        advice=f"{finding.verdict} is an error under the policy {policy!r}",
    )
