"""What is there against the lock: agreement, coverage and exclusivity, each reported."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from repackage.check._editable import editable
from repackage.check._found import by_name, found_entries, found_wheels
from repackage.check._judge import Judgement, judge
from repackage.check._policy import severity
from repackage.check._record import record_mismatches
from repackage.check._report import Finding, Report
from repackage.lock import SourceTree
from repackage.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from repackage.check._found import Found
    from repackage.check._policy import Policy, Verdict
    from repackage.closure import Closure, Pin
    from repackage.lock import Lock
    from repackage.tree import Entry
    from repackage.wheel import Wheel


def check_staged(
    staged: Tree | Sequence[Wheel],
    closure: Closure,
    lock: Lock,
    *,
    policy: Policy = "locked",
    wheels: Sequence[Wheel] = (),
) -> Report:
    """Judge what was staged, before anything is emitted.

    Given with a tree, ``wheels`` save the hashing of the wheels that its files lie in.

    Raises:
        InputError: METADATA cannot be read.
    """
    if isinstance(staged, Tree):
        digests = {wheel.path: wheel.sha256 for wheel in (closure.root, *wheels)}
        found = found_entries({entry.path: entry for entry in staged}, digests=digests)
    else:
        found = found_wheels(staged)
    judging = _Judge(closure=closure, lock=lock, policy=policy)
    return _report(judging.all(found), policy)


def check_installed(
    entries: Iterable[Entry], closure: Closure, lock: Lock, policy: Policy = "constrain"
) -> Report:
    """Judge a root, a venv or an artifact, whoever made it.

    Beyond the versions, every file is compared with the RECORD that lists it.

    Raises:
        InputError: METADATA cannot be read.
    """
    by_path = {entry.path: entry for entry in entries}
    found = found_entries(by_path)
    judging = _Judge(closure=closure, lock=lock, policy=policy)
    findings = judging.all(found)
    for one in found:
        judgements = [
            *(
                Judgement(verdict="record-mismatch", message=said)
                for said in record_mismatches(one, by_path)
            ),
            *(Judgement(verdict="editable", message=said) for said in editable(one, by_path)),
        ]
        findings += (judging.found(one, judged) for judged in judgements)
    return _report(findings, policy)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judge:
    """What everything that is there is compared with, and how strictly."""

    closure: Closure
    lock: Lock
    policy: Policy

    def all(self, found: list[Found]) -> list[Finding]:
        """Judge what is there, and miss what is not."""
        grouped = by_name(found)
        pins = {str(pin.name): pin for pin in self.closure.pins}
        findings = []
        for name, several in grouped.items():
            pin = pins.get(name)
            findings += self.duplicates(several, pin)
            for one in several:
                if name == self.closure.root.name:
                    findings.append(self.root(one))
                elif pin is not None:
                    judged = judge(one, pin, self.lock, policy=self.policy, others=grouped)
                    findings.append(self.found(one, judged, pin=pin))
                else:
                    findings.append(self.unpinned(one))
        return [*findings, *self.missing(grouped)]

    def root(self, one: Found) -> Finding:
        """Judge the root wheel: the lock knows it as a member, or not at all."""
        root, version = self.closure.root, one.metadata.version
        member = root.name in self.lock.members
        verdict: Verdict = "member" if member else "satisfied"
        message = f"{version}, the application itself"
        if version != root.version:
            verdict = "member" if member else "version-differs"
            message = f"{version} is installed, and the wheel at hand is {root.version}"
        elif one.sha256 and one.sha256 != root.sha256:
            verdict = "hash-mismatch"
            message = f"{version} comes from another file than the wheel at hand"
        judged = Judgement(verdict=verdict, message=message)
        return self.found(one, judged, locked=str(root.version))

    def unpinned(self, one: Found) -> Finding:
        """Judge what no edge leads to: the lock may know it, for another target or selection."""
        version = one.metadata.version
        entries = self.lock.by_name.get(one.metadata.name, ())
        locked = ", ".join(str(entry.id.version) for entry in entries if entry.id.version)
        reasons = [
            edge.reason
            for edge in self.closure.skipped
            if edge.name == one.name and edge.kind in ("fork", "marker")
        ]
        verdict: Verdict = "not-in-lock"
        message = f"{version} is installed, and the lock does not know it"
        if entries and reasons:
            verdict = "marker-excluded"
            message = f"{version} is installed, and not needed on this target: {reasons[0]}"
        elif entries:
            verdict = "unselected"
            message = f"{version} is installed, and neither the extras nor the groups need it"
        return self.found(one, Judgement(verdict=verdict, message=message), locked=locked)

    def duplicates(self, several: list[Found], pin: Pin | None) -> list[Finding]:
        """Find two of one name in one directory: which is imported is a matter of luck."""
        by_site: dict[str, list[str]] = defaultdict(list)
        for one in several:
            by_site[posixpath.dirname(one.where)].append(one.where)
        return [
            self.finding(
                several[0].name,
                "duplicate",
                f"it is installed {len(places)} times: {', '.join(sorted(places))}",
                pin=pin,
            )
            for places in by_site.values()
            if len(places) > 1
        ]

    def missing(self, grouped: Mapping[str, list[Found]]) -> list[Finding]:
        """Miss the pins, and the application itself."""
        root = self.closure.root
        findings = [
            self.finding(
                str(pin.name),
                "missing",
                f"it is not installed, and the lock has {pin.version or 'it'}",
                pin=pin,
            )
            for pin in self.closure.pins
            if pin.name not in grouped and not _virtual(pin) and pin.name != root.name
        ]
        if root.name not in grouped:
            message = f"the application itself, {root.version}, is not installed"
            missed = self.finding(str(root.name), "missing", message)
            findings.append(replace(missed, locked=str(root.version)))
        return findings

    def found(
        self, one: Found, judged: Judgement, *, pin: Pin | None = None, locked: str = ""
    ) -> Finding:
        """Weigh a judgement on something that is there."""
        plain = self.finding(
            one.name, judged.verdict, judged.message, pin=pin, in_range=judged.in_range
        )
        installed, locked = str(one.metadata.version), locked or plain.locked
        weight = plain.severity
        if judged.verdict == "member" and locked not in {"", installed}:
            weight = "note"  # a member's version is information, never a contravention
        return replace(
            plain, installed=installed, locked=locked, severity=weight, where=one.where
        )

    def finding(
        self,
        name: str,
        verdict: Verdict,
        message: str,
        *,
        pin: Pin | None = None,
        in_range: bool = False,
    ) -> Finding:
        """Weigh a verdict on a name."""
        return Finding(
            name=name,
            verdict=verdict,
            severity=severity(verdict, self.policy, in_range=in_range),
            locked=str(pin.version or "") if pin is not None else "",
            required_by=_required_by(pin),
            message=message,
        )


def _report(findings: list[Finding], policy: Policy) -> Report:
    ordered = sorted(findings, key=lambda one: (one.name, one.verdict, one.where, one.message))
    return Report(findings=tuple(ordered), policy=policy)


def _virtual(pin: Pin) -> bool:
    """Whether a pin is a member that is never built: it only has dependencies."""
    return isinstance(pin.source, SourceTree) and pin.source.kind == "virtual"


def _required_by(pin: Pin | None) -> tuple[str, ...]:
    """Name who required a pin, each once."""
    if pin is None:
        return ()
    edges = (
        f"{edge.name} {edge.version}" if edge.version else str(edge.name)
        for edge in pin.required_by
    )
    return tuple(dict.fromkeys(edges))
