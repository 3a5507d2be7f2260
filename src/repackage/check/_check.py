"""What is there against the lock: agreement, coverage and exclusivity, each reported."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from repackage.check._editable import editable
from repackage.check._found import by_name, found_entries, found_wheels
from repackage.check._judge import judge
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
    return _report(_judge_all(found, closure, lock, policy=policy), policy)


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
    findings = _judge_all(found, closure, lock, policy=policy)
    for one in found:
        for message in record_mismatches(one, by_path):
            found_here = _finding(
                one.name, "record-mismatch", message, policy=policy, found=one
            )
            findings.append(found_here)
        for message in editable(one, by_path):
            findings.append(_finding(one.name, "editable", message, policy=policy, found=one))
    return _report(findings, policy)


def _report(findings: list[Finding], policy: Policy) -> Report:
    ordered = sorted(findings, key=lambda one: (one.name, one.verdict, one.where, one.message))
    return Report(findings=tuple(ordered), policy=policy)


def _judge_all(
    found: list[Found], closure: Closure, lock: Lock, *, policy: Policy
) -> list[Finding]:
    grouped = by_name(found)
    pins = {str(pin.name): pin for pin in closure.pins}
    findings = []
    for name, several in grouped.items():
        pin = pins.get(name)
        findings += _duplicates(name, several, pin, policy=policy)
        for one in several:
            if name == closure.root.name:
                findings.append(_root(one, closure, lock, policy=policy))
            elif pin is not None:
                findings.append(_pinned(one, pin, lock, policy=policy, others=grouped))
            else:
                findings.append(_unpinned(one, closure, lock, policy=policy))
    return [*findings, *_missing(grouped, closure, policy=policy)]


def _root(one: Found, closure: Closure, lock: Lock, *, policy: Policy) -> Finding:
    """Judge the root wheel: the lock knows it as a member, or not at all."""
    version, expected = one.metadata.version, closure.root.version
    member = closure.root.name in lock.members
    verdict: Verdict = "member" if member else "satisfied"
    message = f"{version}, the application itself"
    if version != expected:
        verdict = "member" if member else "version-differs"
        message = f"{version} is installed, and the wheel at hand is {expected}"
    elif one.sha256 and one.sha256 != closure.root.sha256:
        verdict = "hash-mismatch"
        message = f"{version} comes from another file than the wheel at hand"
    return _finding(one.name, verdict, message, policy=policy, found=one, locked=str(expected))


def _pinned(
    one: Found, pin: Pin, lock: Lock, *, policy: Policy, others: Mapping[str, list[Found]]
) -> Finding:
    judgement = judge(one, pin, lock, policy=policy, others=others)
    return _finding(
        one.name,
        judgement.verdict,
        judgement.message,
        policy=policy,
        found=one,
        pin=pin,
        in_range=judgement.in_range,
    )


def _unpinned(one: Found, closure: Closure, lock: Lock, *, policy: Policy) -> Finding:
    """Judge what no edge leads to: the lock may know it, for another target or selection."""
    version = one.metadata.version
    entries = lock.by_name.get(one.metadata.name, ())
    locked = ", ".join(str(entry.id.version) for entry in entries if entry.id.version)
    reasons = [edge.reason for edge in closure.skipped if edge.name == one.name]
    verdict: Verdict = "not-in-lock"
    message = f"{version} is installed, and the lock does not know it"
    if entries and reasons:
        verdict = "marker-excluded"
        message = f"{version} is installed, and not needed on this target: {reasons[0]}"
    elif entries:
        verdict = "unselected"
        message = f"{version} is installed, and neither the extras nor the groups need it"
    return _finding(one.name, verdict, message, policy=policy, found=one, locked=locked)


def _duplicates(
    name: str, several: list[Found], pin: Pin | None, *, policy: Policy
) -> list[Finding]:
    """Find two of one name in one directory: which is imported is a matter of luck."""
    by_site: dict[str, list[str]] = defaultdict(list)
    for one in several:
        by_site[posixpath.dirname(one.where)].append(one.where)
    return [
        _finding(
            name,
            "duplicate",
            f"it is installed {len(places)} times: {', '.join(sorted(places))}",
            policy=policy,
            pin=pin,
        )
        for places in by_site.values()
        if len(places) > 1
    ]


def _missing(
    grouped: Mapping[str, list[Found]], closure: Closure, *, policy: Policy
) -> list[Finding]:
    findings = [
        _finding(
            str(pin.name),
            "missing",
            f"it is not installed, and the lock has {pin.version or 'it'}",
            policy=policy,
            pin=pin,
        )
        for pin in closure.pins
        if pin.name not in grouped and not _virtual(pin) and pin.name != closure.root.name
    ]
    root = closure.root
    if root.name not in grouped:
        message = f"the application itself, {root.version}, is not installed"
        findings.append(
            _finding(
                str(root.name), "missing", message, policy=policy, locked=str(root.version)
            )
        )
    return findings


def _virtual(pin: Pin) -> bool:
    """Whether a pin is a member that is never built: it only has dependencies."""
    return isinstance(pin.source, SourceTree) and pin.source.kind == "virtual"


def _finding(  # noqa: PLR0913 - what a finding is made of
    name: str,
    verdict: Verdict,
    message: str,
    *,
    policy: Policy,
    found: Found | None = None,
    pin: Pin | None = None,
    locked: str = "",
    in_range: bool = False,
) -> Finding:
    pinned = str(pin.version or "") if pin is not None else ""
    installed = str(found.metadata.version) if found is not None else ""
    locked = locked or pinned
    weight = severity(verdict, policy, in_range=in_range)
    if verdict == "member" and locked not in {"", installed}:
        weight = "note"  # a member's version is information, never a contravention
    return Finding(
        name=name,
        verdict=verdict,
        severity=weight,
        installed=installed,
        locked=locked,
        required_by=_required_by(pin),
        message=message,
        where=found.where if found is not None else "",
    )


def _required_by(pin: Pin | None) -> tuple[str, ...]:
    """Name who required a pin, each once."""
    if pin is None:
        return ()
    edges = (
        f"{edge.name} {edge.version}" if edge.version else str(edge.name)
        for edge in pin.required_by
    )
    return tuple(dict.fromkeys(edges))
