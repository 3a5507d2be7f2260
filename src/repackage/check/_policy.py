"""What each verdict weighs under each policy: the table of the lock policy, as data.

See ``docs/`` for what the policies mean; ``report`` judges nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Policy = Literal["exact", "locked", "constrain", "range", "report"]
Severity = Literal["ok", "note", "warning", "error"]
Drift = Literal["patch", "minor", "major", "none"]
Question = Literal["agreement", "coverage", "exclusivity"]

Verdict = Literal[
    "satisfied",
    "satisfied-sdist",
    "satisfied-external",
    "local-differs",
    "version-differs",
    "post-differs",
    "source-differs",
    "fork-differs",
    "marker-excluded",
    "unselected",
    "not-in-lock",
    "missing",
    "external-out-of-range",
    "hash-mismatch",
    "hash-unverifiable",
    "record-mismatch",
    "duplicate",
    "editable",
    "metadata-conflict",
    "overridden",
    "python-mismatch",
    "tag-mismatch",
    "member",
    "stale-lock",
]

#: verdict: severity under exact, locked, constrain, range.
_TABLE: Mapping[Verdict, tuple[Severity, Severity, Severity, Severity]] = {
    "satisfied": ("ok", "ok", "ok", "ok"),
    "satisfied-sdist": ("error", "note", "ok", "ok"),
    "satisfied-external": ("error", "error", "ok", "ok"),
    "local-differs": ("error", "error", "error", "ok"),
    "version-differs": ("error", "error", "error", "error"),  # range: see `severity`
    "post-differs": ("error", "error", "error", "ok"),
    "source-differs": ("error", "error", "error", "warning"),
    "fork-differs": ("error", "error", "error", "warning"),
    "marker-excluded": ("error", "warning", "warning", "note"),
    "unselected": ("error", "warning", "ok", "ok"),
    "not-in-lock": ("error", "error", "warning", "warning"),
    "missing": ("error", "error", "warning", "error"),
    "external-out-of-range": ("error", "error", "error", "error"),
    "hash-mismatch": ("error", "error", "error", "error"),
    "hash-unverifiable": ("error", "error", "note", "note"),
    "record-mismatch": ("error", "error", "error", "warning"),
    "duplicate": ("error", "error", "error", "error"),
    "editable": ("error", "error", "error", "error"),
    "metadata-conflict": ("error", "error", "error", "error"),
    "overridden": ("ok", "ok", "ok", "ok"),
    "python-mismatch": ("error", "error", "error", "error"),
    "tag-mismatch": ("error", "error", "error", "error"),
    "member": ("ok", "ok", "ok", "ok"),
    "stale-lock": ("error", "error", "warning", "warning"),
}

#: The verdicts that answer another question than whether the lock permits what is there.
_QUESTIONS: Mapping[Verdict, Question] = {
    "missing": "coverage",
    "not-in-lock": "exclusivity",
    "unselected": "exclusivity",
}

POLICIES: tuple[Policy, ...] = get_args(Policy)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
QUESTIONS: tuple[Question, ...] = get_args(Question)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def severity(verdict: Verdict, policy: Policy, *, in_range: bool = False) -> Severity:
    """Weigh a verdict; ``in_range``: everybody who requires it admits the version."""
    if policy == "report":
        return "ok" if _TABLE[verdict][0] == "ok" else "note"
    if policy == "range" and verdict == "version-differs" and in_range:
        return "ok"
    return _TABLE[verdict][POLICIES.index(policy)]


def question(verdict: Verdict) -> Question:
    """Tell which of the three questions a verdict answers.

    Agreement: is what is there permitted by the lock? Coverage: is everything there that is
    needed? Exclusivity: is anything there that is not?
    """
    return _QUESTIONS.get(verdict, "agreement")
