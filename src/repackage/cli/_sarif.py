"""A report as SARIF 2.1.0, which code scanning shows.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; the sections are its own.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from repackage.check import VERDICTS, question, severity
from repackage.cli._explained import EXPLAINED
from repackage.cli._talk import visible
from repackage.cli._verdict_table import explained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.check import Finding, Policy, Severity
    from repackage.cli._judged import Judged

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
#: 3.27.10; what is well is a pass and no problem (3.27.9).
LEVELS: Mapping[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "note": "note",
    "ok": "none",
}


def as_sarif(judged: Judged, *, verbose: bool) -> dict[str, Any]:
    """Compose a log of one run; what is well is in it with ``verbose``."""
    report = judged.report
    shown = [each for each in report.findings if verbose or each.severity != "ok"]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "repackage",
                        "version": version("repackage"),
                        "rules": _rules(report.policy),
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True, "exitCode": report.exit_status}],
                "properties": {
                    "policy": report.policy,
                    "target": judged.target.name,
                },
                "results": [_result(finding, judged) for finding in shown],
            }
        ],
    }


def _rules(policy: Policy) -> list[dict[str, Any]]:
    """Every verdict is a rule (3.49), weighed as the policy has it."""
    return [
        {
            "id": verdict,
            "shortDescription": {"text": EXPLAINED[verdict].what},
            "help": {"text": EXPLAINED[verdict].remedy},
            "defaultConfiguration": {"level": LEVELS[severity(verdict, policy)]},
            "properties": {"tags": [question(verdict)]},
        }
        for verdict in VERDICTS
    ]


def _result(finding: Finding, judged: Judged) -> dict[str, Any]:
    """Turn a finding into a result (3.27)."""
    return {
        "ruleId": finding.verdict,
        "ruleIndex": VERDICTS.index(finding.verdict),
        "kind": "pass" if finding.severity == "ok" else "fail",
        "level": LEVELS[finding.severity],
        "message": {"text": visible(f"{finding.name}: {explained(finding)}")},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": judged.place(finding)}},
                "logicalLocations": [
                    {
                        "name": finding.name,
                        "fullyQualifiedName": visible(finding.where or finding.name),
                        "kind": "package",
                    }
                ],
            }
        ],
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
    }


def _fingerprint(finding: Finding) -> str:
    """What stays the same from run to run: not the version that is there."""
    return visible(f"{finding.verdict}:{finding.name}:{finding.where}")
