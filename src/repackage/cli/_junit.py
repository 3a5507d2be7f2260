"""A report as JUnit's XML: a suite for each question, a case for each distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from repackage.cli._talk import visible
from repackage.cli._verdict_table import explained

if TYPE_CHECKING:
    from repackage.check import Finding
    from repackage.cli._judged import Judged


def as_junit(judged: Judged) -> str:
    """Compose the document; with no clock in it, it is the same for the same report."""
    report = judged.report
    root = Element("testsuites", name=visible(f"repackage check {judged.path}"))
    for answer in (report.agreement, report.coverage, report.exclusivity):
        by_name: dict[str, list[Finding]] = {}
        for finding in report.findings:
            if finding.question == answer.question:
                by_name.setdefault(finding.name, []).append(finding)
        failed = sum(
            any(each.severity == "error" for each in several) for several in by_name.values()
        )
        suite = SubElement(root, "testsuite", name=answer.question)
        suite.attrib |= {"tests": str(len(by_name)), "failures": str(failed), "errors": "0"}
        for name, several in by_name.items():
            _case(suite, name, several)
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    indent(root)
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    return f"{head}{tostring(root, encoding='unicode')}\n"


def _case(suite: Element, name: str, several: list[Finding]) -> None:
    """Add a distribution: its errors are failures, what else was found is its output."""
    case = SubElement(suite, "testcase", classname=suite.get("name", ""), name=visible(name))
    for finding in several:
        if finding.severity == "error":
            said = visible(finding.message)
            failure = SubElement(case, "failure", type=finding.verdict, message=said)
            failure.text = visible(explained(finding))
    others = [each for each in several if each.severity != "error"]
    if others:
        output = SubElement(case, "system-out")
        output.text = "\n".join(
            visible(f"{each.severity}: {explained(each)} [{each.verdict}]") for each in others
        )
