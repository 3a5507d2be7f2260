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
from repackage.check._search import Inventory
from repackage.check._sites import Site, installed, sites
from repackage.check._standard import Standard

__all__ = [
    "POLICIES",
    "QUESTIONS",
    "SEVERITIES",
    "VERDICTS",
    "Answer",
    "Drift",
    "Finding",
    "Inventory",
    "PackageRules",
    "Policy",
    "Question",
    "Report",
    "Rules",
    "Severity",
    "Site",
    "Standard",
    "Verdict",
    "check_installed",
    "check_staged",
    "installed",
    "question",
    "read_directory",
    "severity",
    "sites",
]
