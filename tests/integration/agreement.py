"""Whether the closure is what uv would install: the set, the files, the refusals."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.version import Version

from repackage.closure import FromSource
from repackage.errors import ResolveError
from repackage.resolve import resolve
from tests.integration.refusals import Reason, reason_of_uv, reasons_of_ours
from tests.integration.uv_oracle import Refused, Request, selected_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.pylock import Pylock

    from repackage.closure import Closure
    from repackage.lock import Lock, LockedFile
    from repackage.wheel import Wheel
    from tests.integration.uv_machines import Machine
    from tests.integration.uv_oracle import Oracle

Installed = frozenset[tuple[str, str | None]]
"""Names and versions; no version of what is yet to be built."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A request that we answer otherwise than uv."""

    machine: str
    request: Request
    kind: str
    """``platform against an answer``: our answer against uv's, without the details."""
    details: str

    def __str__(self) -> str:
        asked = " ".join(self.request.flags() + self.request.file_flags())
        return f"{self.machine}, {asked}: {self.kind}; {self.details}"


@dataclass(slots=True)
class Agreement:
    """Asks both about one project, and counts."""

    oracle: Oracle
    wheel: Wheel
    lock: Lock
    pylock: bool = True
    """Whether ``pylock.toml`` can tell the files of this lock."""
    equal: int = 0
    refused: Counter[Reason] = field(default_factory=Counter)
    """For what both refused, and how often."""
    different: list[Difference] = field(default_factory=list)
    _exported: dict[Request, Pylock] = field(default_factory=dict)

    def ask(self, request: Request, machines: Iterable[Machine]) -> None:
        """Put one request to both on each of these machines."""
        for machine in machines:
            ours, theirs = self._ours(request, machine), self._uv(request, machine)
            found = list(self._compare(ours, theirs, request, machine))
            self.different += (
                Difference(machine.target.name, request, kind, details)
                for kind, details in found
            )
            if found:
                continue
            if isinstance(theirs, Reason):
                self.refused[theirs] += 1
            else:
                self.equal += 1

    @property
    def summary(self) -> str:
        """What to tell of a run: how many requests had which answer."""
        refused = (f"{count} {reason.value}" for reason, count in self.refused.items())
        return ", ".join([f"{self.equal} equal", *refused, f"{len(self.different)} different"])

    def _compare(
        self,
        ours: Closure | frozenset[Reason],
        theirs: Installed | Reason,
        request: Request,
        machine: Machine,
    ) -> Iterator[tuple[str, str]]:
        match ours, theirs:
            case frozenset() as reasons, Reason() as reason:
                if reason not in reasons:
                    yield f"{_named(reasons)} against {reason.value}", ""
            case frozenset() as reasons, frozenset() as names:
                yield f"{_named(reasons)} against an answer", str(sorted(names, key=str))
            case closure, Reason() as reason:
                yield f"an answer against {reason.value}", ""
            case closure, names:
                assert not isinstance(closure, frozenset)
                assert not isinstance(names, Reason)
                yield from _differing_sets(closure, names)
                yield from self._differing_files(closure, request, machine)

    def _differing_files(
        self, closure: Closure, request: Request, machine: Machine
    ) -> Iterator[tuple[str, str]]:
        if not self.pylock or request.file_flags():
            return
        if request not in self._exported:
            self._exported[request] = self.oracle.pylock(request)
        theirs = selected_files(self._exported[request], machine.target)
        ours = frozenset(file.filename for file in files_of(closure))
        if ours != theirs:
            yield "other files", f"ours {sorted(ours - theirs)}, uv's {sorted(theirs - ours)}"

    def _uv(self, request: Request, machine: Machine) -> Installed | Reason:
        try:
            return self.oracle.installed(request, machine)
        except Refused as refusal:
            return reason_of_uv(str(refusal))

    def _ours(self, request: Request, machine: Machine) -> Closure | frozenset[Reason]:
        try:
            return resolve(
                self.wheel,
                self.lock,
                machine.target,
                request.selection,
                files=request.files,
            )
        except ResolveError as error:
            return reasons_of_ours(error)


def files_of(closure: Closure) -> Iterator[LockedFile]:
    """The locked files that a closure takes: wheels, and sdists to build from."""
    for pin in closure.pins:
        match pin.artifact:
            case FromSource(sdist=None):
                continue
            case FromSource(sdist=sdist):
                assert sdist is not None
                yield sdist
            case file:
                yield file


def _differing_sets(closure: Closure, names: Installed) -> Iterator[tuple[str, str]]:
    ours: dict[str, Version | None] = {pin.name: pin.version for pin in closure.pins}
    theirs = {name: version for name, version in names if name != closure.root.name}
    # uv knows no version of a tree, a commit or an archive before it is built
    known = {name: Version(version) for name, version in theirs.items() if version is not None}
    if ours.keys() != theirs.keys() or any(ours[name] != known[name] for name in known):
        yield "another set", f"ours {ours}, uv's {theirs}"
    if closure.stale:
        yield "taken for stale", str(closure.stale)


def _named(reasons: frozenset[Reason]) -> str:
    return " and ".join(sorted(reason.value for reason in reasons))
