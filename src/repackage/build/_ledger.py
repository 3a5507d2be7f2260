"""Composing the ledger: what an artifact says of its making, from what was decided and done."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Final

from packaging.utils import NormalizedName, canonicalize_name

from repackage.closure import FromSource
from repackage.errors import FormatError, Problems, StageError
from repackage.ledger import (
    Edit,
    Evidence,
    Ledger,
    LedgerEntry,
    LedgerTarget,
    is_ledger,
    origin_of,
    to_json,
)
from repackage.lock import Hash
from repackage.stage import add
from repackage.target import names
from repackage.tree import File

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from repackage.build._model import Planned
    from repackage.check import Report
    from repackage.closure import Pin
    from repackage.format import External, Layout
    from repackage.ledger import Origin
    from repackage.ledger._model import LockKind
    from repackage.lock import Source
    from repackage.stage import Note, Staged
    from repackage.target import Target
    from repackage.tree import Tree
    from repackage.wheel import Wheel

_LOCKS: Final[Mapping[str, LockKind]] = {"uv": "uv.lock", "pylock": "pylock.toml"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What a build knows when everything is staged and judged, for one layout."""

    planned: Planned
    production: bool
    """Whether the application's own dependencies were selected."""
    wheels: Sequence[Wheel]
    """Of the pins."""
    layout: Layout
    staged: Staged
    report: Report
    epoch: int
    """Of all outputs of the layout."""
    externals: Sequence[External] = ()
    """What is left to the system."""


def with_ledger(account: Account) -> Tree:
    """Add the ledger to what was staged, where the layout has a place for it.

    Raises:
        StageError: A wheel brings a ledger, which would be taken for this package's.
        FormatError: The layout has the ledger where it is not looked for.
    """
    tree, path = account.staged.tree, account.layout.ledger
    _refuse_strange_ledgers(tree)
    if not path:
        return tree
    if not is_ledger(path):
        raise FormatError.of(
            f"the format has the ledger at {path!r}, where nobody looks for it",
            advice="the path ends with share/repackage/<name>/ledger.json",
        )
    return add(tree, path, to_json(compose(account)), epoch=account.epoch)


def _refuse_strange_ledgers(tree: Tree) -> None:
    problems = Problems()
    for entry in tree:
        if is_ledger(entry.path):
            problems.add(
                f"{entry.origin} brings a ledger, which only the package itself may have",
                where=entry.path,
                advice="leave it out of the wheel",
            )
    problems.raise_if_any(StageError)


def compose(account: Account) -> Ledger:
    """Gather the facts."""
    planned, closure = account.planned, account.planned.closure
    return Ledger(
        repackage=version_of("repackage"),
        application=planned.wheel.name,
        version=planned.wheel.version,
        lock_kind=_LOCKS[planned.lock.kind],
        lock_sha256=planned.lock.sha256,
        target=_target(planned.target, bound=_machine_bound(account)),
        extras=closure.extras,
        groups=closure.groups,
        production=account.production,
        policy=planned.rules.level,
        overrides={
            canonicalize_name(name): rules.level
            for name, rules in planned.rules.package.items()
            if rules.level is not None
        },
        externals={each.name: str(each.specifiers) for each in account.externals},
        entries=tuple(_entries(account)),
    )


def _machine_bound(account: Account) -> bool:
    """Whether another machine would get another package: by a wheel, or by a marker."""
    wheels = (account.planned.wheel, *account.wheels)
    compiled = any(tag.platform != "any" for wheel in wheels for tag in wheel.tags)
    return compiled or account.planned.closure.machine_bound


def _target(target: Target, *, bound: bool) -> LedgerTarget:
    """Describe the machine; of what is the same for all, nothing tells which one was asked for.

    So whoever builds a package for every architecture, whatever for, makes the same bytes.
    """
    python = target.python
    spelled = f"{python.release}.{python.micro}{'t' if python.free_threaded else ''}"
    markers = dict(target.markers)
    if not bound:
        del markers["platform_machine"]
    return LedgerTarget(
        name=target.name if bound else target.every_machine,
        python=spelled if python.implementation == "cpython" else f"pypy{spelled}",
        platform=target.tags[0].platform if bound else "any",
        arch=target.arch if bound else "",
        distribution="" if target.distribution is None else _distribution(target),
        markers=markers,
    )


def _distribution(target: Target) -> str:
    """Take from the name of a target what says something of another machine, too."""
    name = target.name.removesuffix(f"-{target.arch}")
    if name in {known.name for known in names()}:  # it may end so itself: lambda-python3.13
        return name
    return name.removesuffix(f"-python{target.python.release}")


def _entries(account: Account) -> list[LedgerEntry]:
    """Describe every distribution, sorted by name."""
    planned = account.planned
    pins = {pin.name: pin for pin in planned.closure.pins}
    files = {entry.path: entry for entry in account.staged.tree if isinstance(entry, File)}
    edits = _edits(account.staged.notes)
    verdicts: dict[str, set[str]] = defaultdict(set)
    for finding in account.report.findings:
        verdicts[finding.name].add(finding.verdict)
    entries = []
    for wheel in sorted([planned.wheel, *account.wheels], key=lambda wheel: wheel.name):
        pin = None if wheel is planned.wheel else pins[wheel.name]
        record = _record(wheel, account.layout, files)
        entries.append(
            LedgerEntry(
                name=wheel.name,
                version=wheel.version,
                source=_application(planned) if pin is None else origin_of(pin.source),
                artifact=_evidence(wheel, pin, given=planned.given),
                dist_info=posixpath.dirname(record.path),
                record=record.digests.sha256,
                extras=planned.closure.extras if pin is None else pin.extras,
                required_by=() if pin is None else _requirers(pin),
                verdicts=tuple(sorted(verdicts[str(wheel.name)])),
                edits=tuple(sorted(edits[str(wheel.name)])),
            )
        )
    return entries


def _application(planned: Planned) -> Origin | None:
    """Tell what the lock has the application for, if it knows it as one thing."""
    sources: set[Source] = {
        package.id.source for package in planned.lock.by_name.get(planned.wheel.name, ())
    }
    return origin_of(sources.pop()) if len(sources) == 1 else None


def _evidence(
    wheel: Wheel, pin: Pin | None, *, given: Mapping[NormalizedName, object]
) -> Evidence:
    sha256 = Hash(algorithm="sha256", digest=wheel.sha256)
    match None if pin is None else pin.artifact:
        case None:
            return Evidence(filename=wheel.filename, obtained="application", hashes=(sha256,))
        case FromSource(sdist=sdist):
            return Evidence(
                filename=wheel.filename,
                obtained="given" if wheel.name in given else "built",
                hashes=(sha256,),
                built_from=None if sdist is None else sdist.hash,
            )
        case locked:
            known = locked.hash
            others = () if known is None or known.algorithm == "sha256" else (known,)
            return Evidence(
                filename=wheel.filename, obtained="locked", hashes=(*others, sha256)
            )


def _record(wheel: Wheel, layout: Layout, files: Mapping[str, File]) -> File:
    """Find the RECORD that staging wrote."""
    for site in (layout.purelib, layout.platlib):
        path = posixpath.join(site, wheel.dist_info, "RECORD")
        if path in files:
            return files[path]
    raise AssertionError(f"{wheel.name} is staged without a RECORD")


def _requirers(pin: Pin) -> tuple[NormalizedName, ...]:
    return tuple(sorted({edge.name for edge in pin.required_by}))


def _edits(notes: Sequence[Note]) -> dict[str, list[Edit]]:
    """Sort what staging noted by distribution; warnings are for those who build."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for note in notes:
        if note.action != "warning":
            edit = Edit(path=note.path, action=note.action, reason=note.reason)
            edits[note.distribution].append(edit)
    return edits
