"""What the ledger of an artifact tells, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.ledger import FromGit, FromIndex, FromUrl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repackage.ledger import FoundLedger, Ledger, LedgerEntry


def provenance(found: FoundLedger) -> list[tuple[str, str]]:
    """Say what something was packaged from, and how strictly."""
    ledger = found.ledger
    return [
        ("ledger", found.path),
        ("packaged from", f"{ledger.lock_kind} sha256:{ledger.lock_sha256}"),
        ("by", f"repackage {ledger.repackage}"),
        ("target", f"{ledger.target.name}, Python {ledger.target.python}"),
        ("selection", _selection(ledger)),
        ("policy", _policy(ledger)),
        ("wheels", _wheels(ledger)),
    ]


def ledger_changes(one: Ledger, other: Ledger) -> Iterator[tuple[str, str]]:
    """Say what was decided otherwise: what it is about, and what it was and is."""
    facts = (
        ("lock", one.lock_sha256[:12], other.lock_sha256[:12]),
        ("repackage", one.repackage, other.repackage),
        ("target", one.target.name, other.target.name),
        ("selection", _selection(one), _selection(other)),
        ("policy", _policy(one), _policy(other)),
    )
    for what, was, is_now in facts:
        if was != is_now:
            yield what, f"{was!r} is now {is_now!r}"
    before, after = one.by_name, other.by_name
    for name in sorted({*before, *after}):
        if name not in after:
            yield name, f"{_origin(before[name])} is not packaged any more"
        elif name not in before:
            yield name, f"{_origin(after[name])} is packaged, too"
        elif _origin(before[name]) != _origin(after[name]):
            yield name, f"{_origin(before[name])} is now {_origin(after[name])}"


def _selection(ledger: Ledger) -> str:
    chosen = [
        *(["the project itself"] if ledger.production else []),
        *(f"extra {extra}" for extra in ledger.extras),
        *(f"group {group}" for group in ledger.groups),
    ]
    return ", ".join(chosen)


def _policy(ledger: Ledger) -> str:
    own = (f"{name}: {level}" for name, level in sorted(ledger.overrides.items()))
    return ", ".join([ledger.policy, *own])


def _wheels(ledger: Ledger) -> str:
    """Count the distributions by how their wheels were had."""
    obtained = [entry.artifact.obtained for entry in ledger.entries]
    words = {"locked": "as locked", "built": "built from locked sources", "given": "given"}
    counted = (f"{obtained.count(kind)} {said}" for kind, said in words.items())  # type: ignore[arg-type]  # str for a literal
    return (
        ", ".join(each for each in counted if not each.startswith("0 ")) or "none but its own"
    )


def _origin(entry: LedgerEntry) -> str:
    """Tell a distribution from what it was, or may become."""
    artifact = entry.artifact
    said = f"{entry.version} ({artifact.filename} sha256:{artifact.sha256[:12]}"
    match entry.source:
        case FromIndex(url=url) | FromUrl(url=url):
            said += f" from {url}"
        case FromGit(url=url, commit=commit):
            said += f" from {url} at {commit[:12]}"
        case _:
            pass
    return f"{said})"
