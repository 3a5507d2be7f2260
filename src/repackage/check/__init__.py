"""What is installed, against the lock: verdicts, and what a policy makes of them."""

from repackage.check._check import check_installed, check_staged
from repackage.check._directory import read_directory
from repackage.check._policy import POLICIES, VERDICTS, Policy, Severity, Verdict, severity
from repackage.check._report import Finding, Report

__all__ = [
    "POLICIES",
    "VERDICTS",
    "Finding",
    "Policy",
    "Report",
    "Severity",
    "Verdict",
    "check_installed",
    "check_staged",
    "read_directory",
    "severity",
]
