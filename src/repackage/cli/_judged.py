"""What ``repackage check`` came to: the report, and what it is a report of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from repackage.check import Answer, Finding, Report
    from repackage.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A report, with the paths that it is about."""

    report: Report
    path: Path
    """What was judged."""
    lock: Path
    target: Target
    evidence: str = ""
    """What told the target; empty: it was asked for, or nothing did."""

    def place(self, finding: Finding) -> str:
        """The file to look at, as a URI: the lock for what is not there."""
        if finding.verdict == "missing":
            return uri(self.lock)
        if self.path.is_dir() and finding.where:
            return uri(self.path / finding.where)
        return uri(self.path)


def uri(path: Path) -> str:
    """Refer to a file from the working directory where that is above it, else absolutely."""
    try:
        return quote(path.absolute().relative_to(Path.cwd()).as_posix())
    except ValueError:
        return path.absolute().as_uri()


def as_json(judged: Judged) -> dict[str, Any]:
    """Everything, for machines; the schema is in the reference."""
    report = judged.report
    target = judged.target
    return {
        "path": str(judged.path),
        "lock": str(judged.lock),
        "policy": report.policy,
        "target": {
            "name": target.name,
            "python": f"{target.python.release}.{target.python.micro}",
            "arch": target.arch,
            "evidence": judged.evidence,
        },
        "answers": {
            answer.question: _answer(answer)
            for answer in (report.agreement, report.coverage, report.exclusivity)
        },
        "exit_status": report.exit_status,
        "notes": list(report.notes),
        "findings": [
            {**asdict(finding), "question": finding.question} for finding in report.findings
        ],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {"worst": answer.worst, "counts": dict(answer.counts)}
