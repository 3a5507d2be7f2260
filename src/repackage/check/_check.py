"""What is there against the lock: agreement, coverage and exclusivity, each reported."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from repackage.check._artifact import judge_root
from repackage.check._editable import editable
from repackage.check._finding import Findings
from repackage.check._found import by_name, found_wheels, refuse_unread
from repackage.check._judge import judge_pinned, judge_unpinned
from repackage.check._judgement import Judgement
from repackage.check._ledger import attest, promises, remarks
from repackage.check._member import stale
from repackage.check._record import record_mismatches
from repackage.check._report import Report
from repackage.check._search import Inventory, found_entries
from repackage.check._sites import on_path
from repackage.check._suitable import conflicts, unsuitable
from repackage.check._there import There
from repackage.lock import SourceTree
from repackage.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from repackage.check._found import Found
    from repackage.check._policy import Verdict
    from repackage.check._report import Finding
    from repackage.check._sites import Site
    from repackage.check._standard import Standard
    from repackage.closure import Pin
    from repackage.tree import Entry
    from repackage.wheel import Wheel

_PYTHON = re.compile(r"(?:.*/)?usr/bin/python3(?:\.\d+)?")


def check_staged(
    staged: Tree | Sequence[Wheel],
    standard: Standard,
    *,
    wheels: Sequence[Wheel] = (),
) -> Report:
    """Judge what was staged, before anything is emitted.

    Given with a tree, ``wheels`` save the hashing of the wheels that its files lie in.

    Raises:
        InputError: METADATA cannot be read.
    """
    if isinstance(staged, Tree):
        known = (standard.closure.root, *wheels)
        digests = {wheel.path: wheel.sha256 for wheel in known}
        found = found_entries({entry.path: entry for entry in staged}, digests=digests)
    else:
        found = found_wheels(staged)
    return _report(_all(There(found=by_name(found), standard=standard)), standard)


def check_installed(
    entries: Iterable[Entry] | Inventory, standard: Standard, *, site: Site | None = None
) -> Report:
    """Judge a root, a venv or an artifact, whoever made it.

    Beyond the versions, every file is compared with the RECORD that lists it. ``site`` is
    the import path that is meant, of several; None: everything lies on one.

    Raises:
        InputError: METADATA of something that the lock knows cannot be read.
    """
    held = entries if isinstance(entries, Inventory) else Inventory.of(entries)
    by_path, unread = held.entries, list(held.unread)
    if site is not None:
        unread = on_path(site, unread)
    refuse_unread(unread, {*standard.lock.by_name, standard.closure.root.name})
    attested = attest(held.found, by_path)
    seen = attested.found if site is None else on_path(site, attested.found)
    there = There(found=by_name(seen), standard=standard)
    promised = () if _has_python(by_path) else promises(attested, standard)
    findings = _all(there, site=site, promised=promised)
    told = Findings(standard)
    findings += (told.unread(one) for one in unread)
    for one in itertools.chain.from_iterable(there.found.values()):
        judgements = [
            *(
                Judgement(verdict="record-mismatch", message=said)
                for said in record_mismatches(one, by_path)
            ),
            *(Judgement(verdict="editable", message=said) for said in editable(one, by_path)),
            *filter(None, (attested.said.get(one.where),)),
            *judge_root(one, standard),
        ]
        findings += (told.of(one, judged) for judged in judgements)
    return _report(findings, standard, notes=tuple(remarks(attested, standard)))


def _has_python(entries: Iterable[str]) -> bool:
    """Whether this is a whole system, of which what is promised must be a part."""
    return any(_PYTHON.fullmatch(path) for path in entries)


def _all(
    there: There, *, site: Site | None = None, promised: Collection[str] = ()
) -> list[Finding]:
    """Judge what is there, and miss what is not."""
    standard = there.standard
    told = Findings(standard)
    findings = list(told.of_python())
    if standard.closure.root.name in there.found:
        findings += told.stale_root()
    for name, several in there.found.items():
        pin = standard.pins.get(name)
        findings += _duplicates(several, told)
        seen = _seen(several) if site is not None else several
        for one in seen:
            shadowed = [other for other in several if one is seen[0] and other not in seen]
            if name == standard.closure.root.name:
                findings.append(told.root(one, shadowed))
            elif pin is not None:
                judged = judge_pinned(one, pin, there)
                findings.append(told.of(one, judged, shadowed=shadowed))
                findings += _stale(one, pin, told)
            else:
                findings.append(told.of(one, judge_unpinned(one, there), shadowed=shadowed))
            fitting = itertools.chain(unsuitable(one, standard), conflicts(one, there))
            findings += (told.of(one, judged) for judged in fitting)
    return [*findings, *_missing(there.found, told, promised=promised)]


def _seen(several: list[Found]) -> list[Found]:
    """Those of one name in the first directory that has any: the others are shadowed."""
    return [one for one in several if one.site == several[0].site]


def _stale(one: Found, pin: Pin, told: Findings) -> Iterator[Finding]:
    """Compare a member's metadata with what was locked."""
    entry = told.standard.entry(pin)
    if entry is None or not isinstance(pin.source, SourceTree):
        return
    for said in stale(one, entry, told.standard, extras=pin.extras):
        yield told.of(
            one, Judgement(verdict="stale-lock", message=f"the lock is stale: {said}")
        )


def _duplicates(several: list[Found], told: Findings) -> Iterator[Finding]:
    """Find two of one name in one directory: which is imported is a matter of luck."""
    by_site: dict[str, list[str]] = defaultdict(list)
    for one in several:
        by_site[one.site].append(one.where)
    for places in by_site.values():
        if len(places) > 1:
            listed = ", ".join(sorted(places))
            said = f"it is installed {len(places)} times: {listed}"
            yield told.absent(several[0].name, "duplicate", said)


def _missing(
    there: Mapping[str, list[Found]], told: Findings, *, promised: Collection[str] = ()
) -> Iterator[Finding]:
    """Miss the pins, and the application itself; what a system is to provide, not as much."""
    closure = told.standard.closure
    verdict: Verdict = "missing"
    for pin in closure.pins:
        if pin.name not in there and not _virtual(pin) and pin.name != closure.root.name:
            said = f"it is not installed, and the lock has {pin.version or 'it'}"
            if pin.name in promised:
                said = "it is left to the system, as the package says"
                yield told.left(str(pin.name), verdict, said)
            else:
                yield told.absent(str(pin.name), verdict, said)
    if closure.root.name not in there and closure.production:
        said = f"the application itself, {closure.root.version}, is not installed"
        yield told.absent(str(closure.root.name), verdict, said)


def _report(
    findings: list[Finding], standard: Standard, *, notes: tuple[str, ...] = ()
) -> Report:
    ordered = sorted(findings, key=lambda one: (one.name, one.verdict, one.where, one.message))
    return Report(findings=tuple(ordered), policy=standard.rules.level, notes=notes)


def _virtual(pin: Pin) -> bool:
    """Whether a pin is a member that is never built: it only has dependencies."""
    return isinstance(pin.source, SourceTree) and pin.source.kind == "virtual"
