"""What ledgers say of what is there, as far as it is still what they tell of."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from repackage.check._judgement import Judgement
from repackage.ledger import (
    FromDirectory,
    FromFile,
    FromGit,
    FromIndex,
    FromTree,
    FromUrl,
    find_ledgers,
    origin_of,
)
from repackage.tree import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from repackage.check._found import Found
    from repackage.check._policy import Policy
    from repackage.check._standard import Standard
    from repackage.ledger import FoundLedger, LedgerEntry, Origin
    from repackage.lock import Source
    from repackage.tree import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Attested:
    """What is there, each with the evidence for it."""

    found: list[Found]
    said: Mapping[str, Judgement] = field(default_factory=dict)
    """By ``.dist-info``: why it is not what its ledger tells of."""
    ledgers: tuple[FoundLedger, ...] = ()
    notes: tuple[str, ...] = ()
    """On ledgers that cannot be used."""


def attest(found: Iterable[Found], entries: Mapping[str, Entry]) -> Attested:
    """Hold what is there against the ledgers beside it.

    A ledger has the digest of each RECORD, and RECORD those of the files: where the first
    does not hold, the distribution is another one than was packaged, and there is no
    evidence for it.
    """
    ledgers = find_ledgers(entries.values())
    claims = _claims(ledgers.found)
    told, said = [], {}
    for one in found:
        claimed = claims.get((one.site, one.name), [])
        why = _refuted(one, claimed, entries)
        if why:
            said[one.where] = Judgement(verdict="record-mismatch", message=why)
        told.append(one if why or not claimed else replace(one, evidence=claimed[0]))
    return Attested(found=told, said=said, ledgers=ledgers.found, notes=ledgers.notes)


def _claims(ledgers: Iterable[FoundLedger]) -> Mapping[tuple[str, str], list[LedgerEntry]]:
    """What is said of each name in each directory, the same thing once."""
    claims: dict[tuple[str, str], list[LedgerEntry]] = defaultdict(list)
    for found in ledgers:
        for entry in found.ledger.entries:
            several = claims[posixpath.dirname(found.place_of(entry)), str(entry.name)]
            if entry not in several:
                several.append(entry)
    return claims


def _refuted(one: Found, claimed: list[LedgerEntry], entries: Mapping[str, Entry]) -> str:
    """Say why a distribution is not what a ledger tells of; empty if it is, or none does."""
    if not claimed:
        return ""
    if len(claimed) > 1:
        return "two ledgers tell of it, and not the same"
    (entry,) = claimed
    version = one.metadata.version
    if entry.version != version:
        return f"{version} is installed, and the ledger says that {entry.version} was packaged"
    record = entries.get(posixpath.join(one.where, "RECORD"))
    if not isinstance(record, File):
        return "its RECORD, of which the ledger has the digest, is not there"
    if record.digests.sha256 != entry.record:
        return "its RECORD was changed after it was packaged: its hash is not the ledger's"
    return ""


def remarks(attested: Attested, standard: Standard) -> Iterator[str]:
    """Say how the application was packaged otherwise than it is judged."""
    yield from attested.notes
    closure = standard.closure
    for found in attested.ledgers:
        ledger = found.ledger
        if ledger.application != closure.root.name:
            continue
        if ledger.lock_sha256 != standard.lock.sha256:
            yield f"{found.path}: it was packaged from another lock than {standard.lock.path}"
        judged = standard.target.name if ledger.target.arch else standard.target.every_machine
        if ledger.target.name != judged:
            yield f"{found.path}: it was packaged for {ledger.target.name}, not for {judged}"
        if (ledger.extras, ledger.groups) != (closure.extras, closure.groups):
            was = _selection(ledger.extras, ledger.groups)
            judged = _selection(closure.extras, closure.groups)
            yield f"{found.path}: it was packaged with {was}, and is judged with {judged}"


def promises(attested: Attested, standard: Standard) -> frozenset[str]:
    """What the application's package leaves to the system: what it names, and what those need."""
    externals = {
        str(name)
        for found in attested.ledgers
        if found.ledger.application == standard.closure.root.name
        for name in found.ledger.externals
    }
    queue = sorted(externals)
    for name in queue:
        for pin in standard.closure.pins:
            if pin.name not in externals and name in {edge.name for edge in pin.required_by}:
                externals.add(pin.name)
                queue.append(pin.name)
    return frozenset(externals)


def _selection(extras: Iterable[str], groups: Iterable[str]) -> str:
    chosen = [*(f"extra {each}" for each in extras), *(f"group {each}" for each in groups)]
    return ", ".join(chosen) or "neither extras nor groups"


def origin_differs(recorded: Origin | None, source: Source, *, level: Policy) -> str:
    """Compare where a wheel came from with the lock's source.

    Another index, or another mirror of a repository, may have it: its hash decides, and
    the commit. Under ``exact``, it may not.
    """
    locked = origin_of(source)
    same = recorded is None or recorded == locked
    if not same and level != "exact":
        match recorded, locked:
            case FromIndex() | FromDirectory(), FromIndex() | FromDirectory():
                same = True
            case FromGit(commit=one), FromGit(commit=other):
                same = one == other
            case FromTree(), FromTree():
                same = True
            case _:
                pass
    if same or recorded is None:
        return ""
    return f"it was packaged from {_told(recorded)}, and the lock has {_told(locked)}"


def _told(origin: Origin) -> str:
    match origin:
        case FromIndex(url=url):
            return f"the index {url}"
        case FromDirectory():
            return "a directory of wheels"
        case FromGit(url=url, commit=commit):
            return f"the commit {commit} of {url}"
        case FromUrl(url=url):
            return url
        case FromFile(filename=filename):
            return f"the file {filename}"
        case FromTree():
            return "a source tree"
