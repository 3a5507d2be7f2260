"""Members and path dependencies: no version and no hash of them can be trusted.

A lock tells little of what lies on somebody's disk, so a name is nearly all that there is to
go by, and an index may have a stranger by that name. Installers say of what they installed
from a disk or a URL that they did (:pep:`610`), and say nothing of what they were asked for by
its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.check._judgement import Judgement
from repackage.check._ledger import origin_differs
from repackage.ledger import public_url
from repackage.resolve import differences

if TYPE_CHECKING:
    from collections.abc import Collection

    from packaging.utils import NormalizedName

    from repackage.check._found import Found
    from repackage.check._standard import Standard
    from repackage.lock import LockedPackage


def judge_member(
    one: Found,
    entry: LockedPackage,
    standard: Standard,
    *,
    extras: Collection[NormalizedName] = (),
) -> Judgement:
    """Judge what the lock has as a source tree; ``extras`` of it are active."""
    elsewhere = _elsewhere(one, entry, standard)
    if elsewhere:
        return Judgement(verdict="source-differs", message=elsewhere)
    if _by_name(one) and not (one.external and standard.rules.level_of(one.name) == "range"):
        return _judge_named(one, entry, standard, extras=extras)
    version = one.metadata.version
    said = f"{version}, a member of the workspace or a path dependency"
    unknown = fresh_unknown(entry)
    return Judgement(
        verdict="member",
        message="; ".join(filter(None, (f"{said}{other_version(one, entry)}", unknown))),
        noted=bool(unknown) or bool(other_version(one, entry)),
    )


def other_version(one: Found, entry: LockedPackage) -> str:
    """Say that the lock was written at another version: a remark, and no more."""
    locked = entry.id.version
    if locked in (None, one.metadata.version):
        return ""
    return f" (the lock was written at {locked})"


def fresh_unknown(entry: LockedPackage) -> str:
    """Say that a lock was written without metadata, where something is not there to compare."""
    edges = entry.dependencies or entry.optional_dependencies or entry.dev_dependencies
    if entry.declarations is None and edges:
        return "freshness unknown: the lock was written without its metadata"
    return ""


def stale(
    one: Found,
    entry: LockedPackage,
    standard: Standard,
    *,
    extras: Collection[NormalizedName],
) -> list[str]:
    """Compare a member's metadata with what was locked, as far as the lock has them."""
    if fresh_unknown(entry):
        return []
    return list(differences(one.metadata, entry, standard.lock, selected=extras))


def _elsewhere(one: Found, entry: LockedPackage, standard: Standard) -> str:
    """Say that it is known to come from elsewhere than from a disk."""
    if one.evidence is not None:
        level = standard.rules.level_of(one.name)
        return origin_differs(one.evidence.source, entry.id.source, level=level)
    if one.origin is None or one.origin.url.startswith("file:"):
        return ""
    there = public_url(one.origin.url)
    return f"it comes from {there}, and the lock has a source tree for it"


def _by_name(one: Found) -> bool:
    """Whether an installer was asked for it by name, as far as it tells."""
    return not one.ours and one.evidence is None and one.origin is None


def _judge_named(
    one: Found,
    entry: LockedPackage,
    standard: Standard,
    *,
    extras: Collection[NormalizedName],
) -> Judgement:
    """Judge what has the name of a member, and may be anybody's.

    With the member's version and requirements it may be its own wheel, out of a directory;
    otherwise there is nothing that speaks for it.
    """
    version, locked = one.metadata.version, entry.id.version
    place = "the operating system" if one.external else "an index or a directory of wheels"
    said = f"{version} was installed by its name, from {place}, and the lock has a source tree"
    if locked not in (None, version):
        return Judgement(verdict="source-differs", message=f"{said} of {locked} for it")
    if stale(one, entry, standard, extras=extras):
        said += " with other requirements for it"
        return Judgement(verdict="source-differs", message=said)
    if one.external:
        return Judgement(verdict="satisfied-external", message=f"{said} for it")
    said += " for it: nothing tells whether it is the same"
    return Judgement(verdict="hash-unverifiable", message=said)
