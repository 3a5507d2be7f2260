"""From what is said of a distribution to a finding that a policy has weighed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from repackage.check._judgement import Judgement
from repackage.check._member import fresh_unknown, other_version
from repackage.check._policy import SEVERITIES
from repackage.check._report import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.version import Version

    from repackage.check._found import Found, Unread
    from repackage.check._policy import Policy, Severity, Verdict
    from repackage.check._standard import Standard
    from repackage.closure import Pin
    from repackage.lock import LockedPackage


@dataclass(frozen=True, slots=True)
class Findings:
    """Weighs judgements, and says who required what."""

    standard: Standard

    def of(self, one: Found, judged: Judgement, *, shadowed: Sequence[Found] = ()) -> Finding:
        """Weigh a judgement on something that is there."""
        version, locked = one.metadata.version, self._locked(one.name)
        severity = self.standard.rules.severity(
            judged.verdict,
            one.name,
            installed=version,
            locked=self._nearest(one),
            in_range=judged.in_range,
        )
        least: Severity = "note" if judged.noted or shadowed else "ok"
        return Finding(
            name=one.name,
            verdict=judged.verdict,
            severity=max(severity, least, key=SEVERITIES.index),
            installed=str(version),
            locked=locked,
            required_by=_required_by(self.standard.pins.get(one.name)),
            message=judged.message + "".join(map(_shadow, shadowed)),
            where=one.where,
            level=self._own_level(one.name),
        )

    def absent(self, name: str, verdict: Verdict, message: str) -> Finding:
        """Weigh a verdict on a name."""
        return Finding(
            name=name,
            verdict=verdict,
            severity=self.standard.rules.severity(verdict, name),
            locked=self._locked(name),
            required_by=_required_by(self.standard.pins.get(name)),
            message=message,
            level=self._own_level(name),
        )

    def left(self, name: str, verdict: Verdict, message: str) -> Finding:
        """Weigh a verdict on a name for which a provider is named: ``range`` lets it pass."""
        finding = self.absent(name, verdict, message)
        ranged = self.standard.rules.level_of(name) == "range"
        return replace(finding, severity="note") if ranged else finding

    def unread(self, one: Unread) -> Finding:
        """Weigh a stranger of whom no more is known than the name."""
        said = f"the lock does not know it: {one.problems[0].what}"
        return replace(self.absent(one.name, "not-in-lock", said), where=one.where)

    def root(self, one: Found, shadowed: Sequence[Found] = ()) -> Finding:
        """Judge the root wheel: the lock knows it as a member, or not at all."""
        root, version, lock = (
            self.standard.closure.root,
            one.metadata.version,
            self.standard.lock,
        )
        member = root.name in lock.members
        verdict: Verdict = "member" if member else "satisfied"
        message = f"{version}, the application itself"
        if version != root.version:
            verdict = "member" if member else "version-differs"
            message = f"{version} is installed, and the wheel at hand is {root.version}"
        elif one.sha256 and root.sha256 and one.sha256 != root.sha256:
            verdict = "hash-mismatch"
            message = f"{version} comes from another file than the wheel at hand"
        entries = lock.by_name.get(root.name, ()) if member else ()
        written = next(filter(None, (other_version(one, entry) for entry in entries)), "")
        unknown = next(filter(None, map(fresh_unknown, lock.by_name.get(root.name, ()))), "")
        judged = Judgement(
            verdict=verdict,
            message="; ".join(filter(None, (f"{message}{written}", unknown))),
            noted=bool(unknown or written) or version != root.version,
        )
        return self.of(one, judged, shadowed=shadowed)

    def of_python(self) -> Iterator[Finding]:
        """Say that the lock was not made for the target's Python; what it has may be anything."""
        bound, python = self.standard.lock.requires_python, self.standard.environment.python
        if not bound.contains(python, prereleases=True):
            name = str(self.standard.closure.root.name)
            target = self.standard.target.name
            said = f"the lock requires Python {bound}, and the target {target} has {python}"
            yield self.absent(name, "python-mismatch", said)

    def stale_root(self) -> Iterator[Finding]:
        """What the metadata of the application say otherwise than the lock."""
        for said in self.standard.closure.stale:
            name = str(self.standard.closure.root.name)
            yield self.absent(name, "stale-lock", f"the lock is stale: {said}")

    def _locked(self, name: str) -> str:
        """What the lock says, for people."""
        root = self.standard.closure.root
        if name == root.name:
            return str(root.version)
        pin = self.standard.pins.get(name)
        if pin is not None:
            return str(pin.version or "")
        versions = [entry.id.version for entry in self._entries(name)]
        return ", ".join(str(version) for version in versions if version)

    def _nearest(self, one: Found) -> Version | None:
        """The locked version that an installed one is measured by."""
        root, pin = self.standard.closure.root, self.standard.pins.get(one.name)
        if one.name == root.name:
            return root.version
        if pin is not None:
            return pin.version
        admitted = self.standard.admitted(one.name)
        return next((entry.id.version for entry in admitted), None)

    def _entries(self, name: str) -> Sequence[LockedPackage]:
        return self.standard.lock.by_name.get(canonicalize_name(name), ())

    def _own_level(self, name: str) -> Policy | None:
        level = self.standard.rules.level_of(name)
        return None if level == self.standard.rules.level else level


def _shadow(other: Found) -> str:
    return f"; it shadows {other.metadata.version} in {other.site}"


def _required_by(pin: Pin | None) -> tuple[str, ...]:
    """Name who required a pin, each once."""
    if pin is None:
        return ()
    edges = (
        f"{edge.name} {edge.version}" if edge.version else str(edge.name)
        for edge in pin.required_by
    )
    return tuple(dict.fromkeys(edges))
