"""What is installed, against the lock: verdicts, and what a policy makes of them."""

from repackage.check._check import check_installed, check_staged
from repackage.check._directory import read_directory
from repackage.check._policy import (
    POLICIES,
    QUESTIONS,
    SEVERITIES,
    VERDICTS,
    Drift,
    Policy,
    Question,
    Severity,
    Verdict,
    question,
    severity,
)
from repackage.check._report import Answer, Finding, Report
from repackage.check._rules import PackageRules, Rules

__all__ = [
    "POLICIES",
    "QUESTIONS",
    "SEVERITIES",
    "VERDICTS",
    "Answer",
    "Drift",
    "Finding",
    "PackageRules",
    "Policy",
    "Question",
    "Report",
    "Rules",
    "Severity",
    "Verdict",
    "check_installed",
    "check_staged",
    "question",
    "read_directory",
    "severity",
]
